/** Policies from rules with their words in Chinese: every kind of rule with every choice leaves no English sentence, and the code between the words is the same. */
import { expect, test } from 'vitest'
import { rulesCatalogue, rulesIn } from '../../../main/lab/rules/rules'
import type { RuleField, RuleKind } from '../../../preload/contract'
import { textOf } from './support'

const { conditions, actions, scheme } = rulesCatalogue()
type Values = Readonly<Record<string, string | number>>

/** Each choice of each field once, the others as they are. */
function variants(tag: object, fields: readonly RuleField[]): readonly Values[] {
  const plain = Object.fromEntries(fields.map((field) => [field.name, field.default])) as Values
  return [{ ...tag, ...plain }, ...fields.flatMap((field) => (field.kind === 'choice' ? field.choices.map(({ value }) => ({ ...tag, ...plain, [field.name]: value })) : []))]
}

const conditionFor = (id: string): object[] => (id === 'oom' ? [{ if: 'task' }] : [])
const fitting = ({ only }: RuleKind): string => only?.[0] ?? 'swappiness'
const all: readonly object[] = [
  ...actions.flatMap(({ id, fields }) => variants({ do: id }, fields).map((then) => ({ rules: [{ when: [...conditionFor(id), { if: 'psi' }], then }] }))),
  ...conditions.flatMap((kind) => variants({ if: kind.id }, kind.fields).map((when) => ({ rules: [{ when: [when], then: { do: fitting(kind) } }, { then: { do: 'marks', extra: 0 } }] }))),
  ...variants({}, scheme).map((one) => ({ schemes: [one] })), { schemes: [{ minPages: 2, maxPages: 9, minAccesses: 1, maxAccesses: 255, low: 5, action: 'keep' }], rules: [{ when: [{ if: 'free' }], then: { do: 'sysctl' } }] },
  { rules: [{ when: [{ if: 'time', fromMs: 5, untilMs: 9 }], then: { do: 'marks', extra: 5 } }] }, {}, { describe: '给慢盘用' },
]

const WORDS = /^\s*(?:\/\*\* (.*) \*\/|\/\/ (.*)|\* (.*))$|(?:describe|about): '((?:[^'\\]|\\.)*)'/gm
const codeOnly = (text: string): string => text.slice(0, text.lastIndexOf('\n/* rules ')).replace(WORDS, '')
const wordsOf = (text: string): readonly string[] => [...text.slice(0, text.lastIndexOf('\n/* rules ')).matchAll(WORDS)].map((match) => match.slice(1).find((one) => one !== undefined) ?? '')

test('every kind with every choice', () => {
  const left = new Set<string>()
  for (const rules of all) {
    const [en, zh] = [textOf(rules), textOf({ ...rules, language: 'zh' })]
    expect(codeOnly(zh)).toBe(codeOnly(en))
    for (const word of wordsOf(zh)) if (!/\p{Script=Han}/u.test(word) || /[a-z]{3,} [a-z]{2,} [a-z]{2,}|(^|[^\w.])(is|are|of|and|than|must) /.test(word)) left.add(word)
    expect(wordsOf(en).some((word) => /[a-z]{3,} [a-z]{2,}/.test(word))).toBe(true)
  }
  expect(all.length).toBeGreaterThan(80)
  expect([...left]).toEqual([])
})

test('a sentence of each kind, the form opens them again, and English is as it was without a language', () => {
  const rules = { rules: [{ when: [{ if: 'free', zone: 'DMA32', of: 'low', percent: 120 }, { if: 'rate' }], then: { do: 'reference', pages: 'executable', used: 'used', verdict: 'activate' } }], schemes: [{ pages: 'anon', low: 5 }], lookMs: 100 }
  const text = textOf({ ...rules, language: 'zh' })
  expect(text).toContain(' * 由规则生成。规则在文件末尾；只要代码未被手工修改，实验室的表单就能再次打开它们。\n * 1. 当 zone DMA32 的空闲内存低于 LOW 的 120 %，且每秒匿名页重新缺页超过 100 页：用过的非活动代码页：激活。\n')
  expect(text).toContain('方案：连续至少 2 次查看都未用过的匿名页被回收，每次最多 2000 页；空闲内存低于 30 % 时开始，高于 40 % 时停止（低于 5 % 时不做）。')
  expect(text).toContain('about: \'规则 1：空闲少于此值时成立。\'')
  const found = rulesIn(text)
  expect(found.ok && [found.value.rules.language, found.value.edited]).toEqual(['zh', false])
  expect(textOf({ ...rules, language: 'en' }).replace('"language":"en",', '').replace(/\/\* rules .*/, '')).toBe(textOf(rules).replace(/\/\* rules .*/, ''))
  expect(() => textOf({ language: 'de' })).toThrow(/must be \\"en\\" or \\"zh\\"/)
})

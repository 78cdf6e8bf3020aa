/**
 * Rules as the TypeScript that a person would have written: a header in plain words, parameters as sliders, only the hooks that are needed. Rules for the same decision are asked in
 * their order, and the first that holds answers; none of them: the base's decision.
 */
import type { Problem, RuleSet, RuleValue } from '../../../preload/contract'
import type { HookName } from 'reclaim-lab'
import { actionOf, needsController } from './actions'
import { conditionOf, RATES } from './conditions'
import type { Need, Rate } from './conditions'
import { emptyDraft, method, paramOf, uses } from './draft'
import type { Draft } from './draft'
import { withBlock } from './embed'
import { HELPERS } from './helpers'
import { commentsIn, sayIn } from './language'
import { quoted, remark, shown } from './literals'
import { schemeWords } from './schemes'
import { writeSchemes } from './write-schemes'

export interface Written { readonly text: string; readonly notes: readonly Problem[] }

export function writePolicy(rules: RuleSet): Written {
  const draft = emptyDraft(sayIn(rules.language))
  const notes: Problem[] = []
  const looks = rules.rules.map((rule, i) => writeRule(draft, rule, i + 1, notes))
  const controller = controllerOf(draft, rules, looks)
  const lines = [
    ...headerOf(rules), importsOf(draft), ...(draft.types.size === 0 ? [] : [`import type { ${[...draft.types].sort().join(', ')} } from 'reclaim-lab'`]), '',
    ...constantsOf(draft, controller, rules), 'export default definePolicy({', '  api: 1,', `  name: ${quoted(rules.name)},`, `  describe: ${quoted(describe(rules))},`,
    ...section('params', [...draft.params.values()]), ...stateOf(draft), ...controller.map((line) => `  ${line}`),
    ...section('hooks', [...draft.hooks].flatMap(([name, body]) => method(name, body))), '})',
    ...[...draft.helpers].filter((name) => HELPERS[name].top !== true).flatMap((name) => ['', ...HELPERS[name].code.split('\n')]),
  ]
  return { text: withBlock(`${commentsIn(rules.language, lines.flatMap((line) => line.split('\n'))).join('\n')}\n`, rules), notes: [...notes, ...sysctlNotes(rules)] }
}

/** What the controller must find out for a rule, if anything. */
interface Look { readonly rule: number; readonly needs: readonly Need[]; readonly test: string; readonly value: RuleValue; readonly kind: 'flag' | 'marks' | 'sysctl' | 'reclaim' }

function writeRule(draft: Draft, rule: RuleValue, n: number, notes: Problem[]): Look | undefined {
  const action = actionOf(rule.then)
  const hook = action.hook
  const found = rule.when.map((condition) => {
    const kind = conditionOf(condition)
    const look = kind.look?.(condition, (field, name, about) => paramOf(draft, kind.fields, condition, field, name, `Rule ${n}: ${about}`))
    return { look, here: look === undefined ? kind.here?.(condition, hook ?? 'zoneWatermarks') : undefined }
  })
  const looked = found.flatMap(({ look }) => (look === undefined ? [] : [look]))
  const here = found.flatMap((one) => (one.here === undefined || one.here === 'true' ? [] : [one.here]))
  if (here.some((test) => test.includes('* MS'))) uses(draft, ['MS'])
  const always = rule.when.length === 0 || (looked.length === 0 && here.length === 0)
  const byController = needsController(action, always)
  const tests = byController ? [...looked.map(({ test }) => test), ...here] : looked.map(({ test }) => test)
  for (const { test } of looked) uses(draft, ['freePercent', 'swapPercent'].filter((name) => test.includes(`${name}(`)))
  if (hook !== undefined) writeAnswer(draft, rule, n, hook, [...(looked.length > 0 || byController ? [`k.state.rule${n}`] : []), ...(byController ? [] : here)], notes)
  if (tests.length === 0 && !byController) return undefined
  draft.state.set(`rule${n}`, 'false')
  if (action.id === 'sysctl') draft.state.set(`before${n}`, '0')
  const kind = action.id === 'sysctl' || action.id === 'reclaim' ? action.id : byController ? 'marks' : 'flag'
  return { rule: n, needs: looked.flatMap(({ needs }) => needs), test: tests.join(' && ') || 'true', value: rule, kind }
}

function writeAnswer(draft: Draft, rule: RuleValue, n: number, hook: HookName, tests: readonly string[], notes: Problem[]): void {
  const action = actionOf(rule.then)
  const before = draft.hooks.get(hook) ?? []
  // What follows an answer that always holds is never asked.
  if (before.at(-1)?.startsWith('return ') === true) {
    notes.push({ path: `rules[${n - 1}]`, message: `is never asked: an earlier rule always answers ${hook}` })
    return
  }
  const answer = action.answer?.(rule.then, (field, name, about) => paramOf(draft, action.fields, rule.then, field, name, `Rule ${n}: ${about}`))
  if (answer === undefined) throw new Error(`${action.id} has no answer`)
  uses(draft, [...(answer.uses ?? [])])
  const all = [...tests, ...(answer.tests ?? [])]
  draft.hooks.set(hook, [...before, all.length === 0 ? `return ${answer.value}` : `if (${all.join(' && ')}) return ${answer.value}`])
}

function controllerOf(draft: Draft, rules: RuleSet, looks: readonly (Look | undefined)[]): readonly string[] {
  for (const [hook, body] of draft.hooks) if (body.at(-1)?.startsWith('return ') !== true) draft.hooks.set(hook, [...body, 'return undefined'])
  const found = looks.filter((look) => look !== undefined)
  const withSchemes = rules.schemes.length > 0
  if (found.length === 0 && !withSchemes) return []
  const everyMs = Number(rules.watch['everyMs'])
  const every = found.length === 0 ? 1 : everyMs / rules.lookMs
  const needs = new Set(found.flatMap((look) => look.needs))
  const marks = found.some(({ kind }) => kind === 'marks')
  const schemeLines = withSchemes ? writeSchemes(draft, rules, every) : []
  const body = [
    ...needLines(draft, needs),
    ...(marks ? ['let moving = false'] : []),
    ...found.flatMap((look) => lookLines(draft, look)),
    ...(marks ? ['// The marks are worked out whenever a sysctl of theirs is written, so it is written again as it is.', 'if (moving) k.writeSysctl(\'vm.min_free_kbytes\', k.sysctl(\'vm.min_free_kbytes\'))'] : []),
    ...(withSchemes && every > 1 ? ['k.state.turn++', `if (k.state.turn % ${every} !== 0) return`] : []),
    ...(withSchemes && !needs.has('zones') ? ['const zones = k.zoneinfo()'] : []),
    ...schemeLines,
  ]
  return ['controller: {', `  periodMs: ${found.length === 0 ? shown(everyMs) : 'LOOK_MS'},`, '  run(k) {', ...body.map((line) => `    ${line}`), '  },', '},']
}

function needLines(draft: Draft, needs: ReadonlySet<Need>): readonly string[] {
  const rates = [...needs].filter((need): need is Rate => Object.hasOwn(RATES, need))
  if (needs.has('psi')) for (const [name, value] of [['some10', '0'], ['full10', '0'], ['someUs', '-1'], ['fullUs', '-1']]) draft.state.set(name, value)
  for (const rate of rates) draft.state.set(RATES[rate][1], '-1')
  return [
    ...(needs.has('zones') ? ['const zones = k.zoneinfo()'] : []), ...(needs.has('swaps') ? ['const swaps = k.swaps()'] : []),
    ...(needs.has('anon') ? ['const anon = k.vmstat(\'nr_inactive_anon\') + k.vmstat(\'nr_active_anon\')'] : []), ...(needs.has('file') ? ['const file = k.vmstat(\'nr_inactive_file\') + k.vmstat(\'nr_active_file\')'] : []),
    ...(needs.has('dirty') ? ['const dirty = k.vmstat(\'nr_dirty\')'] : []),
    ...(needs.has('psi') ? [
      '// Averages over ten seconds, as /proc/pressure/memory has them; the first look only begins them.',
      'const psi = k.psi()', 'const old = k.state.someUs < 0 ? 1 : k.math.exp(-LOOK_MS / 10_000)',
      ...['some', 'full'].flatMap((line) => [`k.state.${line}10 = k.state.${line}10 * old + ((psi.${line}Us - k.state.${line}Us) / LOOK_MS / 10) * (1 - old)`, `k.state.${line}Us = psi.${line}Us`]),
    ] : []),
    ...rates.flatMap((rate) => {
      const [counter, name] = RATES[rate]
      return [`const ${name}Now = k.vmstat(${quoted(counter)})`, `const ${name} = k.state.${name} < 0 ? 0 : ((${name}Now - k.state.${name}) * 1000) / LOOK_MS`, `k.state.${name} = ${name}Now`]
    }),
  ]
}

function lookLines(draft: Draft, { rule, test, value, kind }: Look): readonly string[] {
  const flag = `k.state.rule${rule}`
  const shows = `k.gauge('rule_${rule}', ${flag} ? 1 : 0)`
  if (kind === 'flag') return [`${flag} = ${test}`, shows]
  if (kind === 'marks') return [`const rule${rule} = ${test}`, `if (rule${rule} !== ${flag}) moving = true`, `${flag} = rule${rule}`, shows]
  if (kind === 'reclaim') {
    const perSecond = paramOf(draft, actionOf(value.then).fields, value.then, 'perSecond', 'reclaimPages', `Rule ${rule}: Pages a second that are asked for.`)
    return [`${flag} = ${test}`, shows, `if (${flag}) k.writeMemcg('/', 'memory.reclaim', Math.ceil((${perSecond} * LOOK_MS) / 1000))`]
  }
  const name = quoted(value.then['name'])
  return [
    `const rule${rule} = ${test}`, `if (rule${rule} !== ${flag}) {`, `  if (rule${rule}) k.state.before${rule} = k.sysctl(${name})`, `  k.writeSysctl(${name}, rule${rule} ? ${shown(value.then['value'])} : k.state.before${rule})`, `  ${flag} = rule${rule}`, '}', shows,
  ]
}

function headerOf(rules: RuleSet): readonly string[] {
  const said = sentences(rules).map((sentence, i) => ` * ${i + 1}. ${remark(sentence)}`)
  const say = sayIn(rules.language)
  const head = `${remark(rules.describe === '' ? 'Made from rules' : rules.describe.replace(/[.。]$/, ''))}. The rules stand at the end; the lab's form opens them again while the code is as they made it.`
  return ['/**', ` * ${say(head)}`, ...(said.length === 0 ? [` * ${say('There are none yet: every decision is the base\'s.')}`] : said), ' */']
}

function sentences({ rules, schemes, language }: RuleSet): readonly string[] {
  const say = sayIn(language)
  const ruleIn = (when: readonly string[], then: string): string => {
    if (language !== 'zh') return `${when.length === 0 ? 'Always: ' : `When ${when.join(' and ')}: `}${then}.`
    const all = when.map(say).join('，且')
    return `${all === '' ? '总是' : `当${/^\w/.test(all) ? ' ' : ''}${all}`}：${say(then)}。`
  }
  return [
    ...rules.map(({ when, then }) => ruleIn(when.map((one) => conditionOf(one).words(one)), actionOf(then).words(then))),
    ...schemes.map((scheme) => say(`Scheme: ${schemeWords(scheme)}.`)),
  ]
}

function describe(rules: RuleSet): string {
  if (rules.describe !== '') return rules.describe
  const all = sentences(rules).join(rules.language === 'zh' ? '' : ' ')
  return all === '' ? sayIn(rules.language)('No rules yet; decides as the base does.') : all.length <= 300 ? all : `${all.slice(0, 299)}…`
}

function importsOf(draft: Draft): string {
  const [first, ...rest] = [...draft.values]
  return `import { ${[first, ...rest.sort()].join(', ')} } from 'reclaim-lab'`
}

function constantsOf(draft: Draft, controller: readonly string[], { lookMs }: RuleSet): readonly string[] {
  const all = [...draft.helpers].filter((name) => HELPERS[name].top === true).map((name) => HELPERS[name].code)
  const look = controller.some((line) => line.includes('LOOK_MS')) ? [`/** How often it looks at the machine, ms. */\nconst LOOK_MS = ${shown(lookMs)}`] : []
  return [...look, ...all].flatMap((code) => [...code.split('\n')]).concat(look.length + all.length > 0 ? [''] : [])
}

function stateOf({ state }: Draft): readonly string[] {
  if (state.size === 0) return []
  const made = [...state.values()].some((value) => value.startsWith('k.'))
  const entries = [...state].map(([name, value]) => `${name}: ${value}`)
  const head = `  init: (${made ? '_params, k' : ''}) => ({`
  const line = `${head} ${entries.join(', ')} }),`
  return ['  /** What it found at its last look. */', ...(line.length <= 160 ? [line] : [head, ...entries.map((entry) => `    ${entry},`), '  }),'])]
}

function section(name: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`  ${name}: {`, ...lines.map((line) => (line === '' ? '' : `    ${line}`)), '  },']
}

/** Two rules that write the same sysctl undo each other. */
function sysctlNotes({ rules }: RuleSet): readonly Problem[] {
  const seen = new Set<unknown>()
  return rules.flatMap(({ then }, i) => {
    if (then['do'] !== 'sysctl') return []
    const twice = seen.has(then['name'])
    seen.add(then['name'])
    return twice ? [{ path: `rules[${i}]`, message: `writes ${then['name']} like an earlier rule: the last to change wins, and what is put back may be the other's` }] : []
  })
}

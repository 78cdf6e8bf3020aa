/**
 * Every sentence that the lab can say of what a person gave or did, found where it is written, has its Chinese: the template in the source is the key of the table. A sentence added without one fails here.
 * What this can't see: words of others (TypeScript, SQLite, Redis, the operating system), which stay as they are.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import ts from 'typescript'
import { CHINESE } from '../../../main/lab/words/chinese'
import { IMPORT_ZH } from '../../../main/lab/words/import-zh'
import { KEEPING_ZH } from '../../../main/lab/words/keeping-zh'
import { PROBLEMS_ZH } from '../../../main/lab/words/problems-zh'
import { RUNNING_ZH } from '../../../main/lab/words/running-zh'
import { teller } from '../../../preload/told'
import { ROOT, projectFiles } from '../../arch/sources'

/** Where sentences for the window are made. */
const SPEAKS = /^main\/((lab|store|compile|runner|queue)\/|hosts\/dispatch\.|engine\/policy\/|engine\/mm\/(wait-graph|sysctl|memcg-write)\.|engine\/sim\/(stuck|run-policies|simulation)\.)/
/** And where not: texts that stand in both languages, markup, code, files as kernels print them, and what only a terminal shows. */
const ELSEWHERE = new RegExp([
  'main/lab/(words|presets|parity|marks|explain|proc)/', 'main/lab/terms', 'main/lab/(follow/page-sentence|diverge/(hook-words|sentences|unlike|diverge|enums|named))', 'main/lab/export/(chart-svg|report|experiment-json|chrome-trace)',
  'main/lab/rules/(actions|conditions|schemes|write|helpers|draft|literals|code)', 'main/compile/(policy-snippets|hook-words|api-|guide|modules|sources|service-worker|erase)',
  'main/queue/(worker|self-test|proof|make-run)\\.', 'main/lab/sweep/keep\\.', 'main/store/kept-runs\\.', 'main/runner/(parent-link|mute-functions)\\.',
].map((part) => `^${part}`).join('|'))

/** Parts of sentences whose whole is in the tables, names, and what only says that the lab itself is wrong. */
const PARTS = new Set([
  'needs code made for it, and policies only have their types erased', '`enum` {}; use constants or a union of literals', '`namespace` {}; use plain functions', 'a decorator {}; call the function yourself',
  'a parameter property {}; declare the field and assign it', '`{}` doesn\'t exist in a policy{}', ', held by {}', 'has ended', 'is in direct reclaim', 'can run', 'the end of writeback of', 'the read of', '{} page {} of {} on {}',
  '{} a page of swap', '{} swap slot {}{}', 'on {}', ', which answers nothing for {} s more', '{} ({} requests under way, {} pages written so far{})', 'arguments are no list', 'takes {} arguments, got {}', 'there is no {} {}', 'runs {}',
  ', seed {}', 'must be an entry of the history, entry.machine or entry.machine.seed', '; the text does not end with "}": it was cut off', '(HighMem is of 32-bit machines)', 'has {} {}; must have at least {}', 'There {} {}{}.', ', and {} more',
  'a {}number from {} to {}{}', 'from {} to {}{}', '{}, not {}', '; there is none', '; there are {}', ', and {} runs from their recordings', '{}. Of it {} entries with {} runs were read{}', 'its time was over', 'the run ended',
  'event KIND, kswapd, direct, SERIES < NUMBER or SERIES (such as zone.0.Normal.free < zone.0.Normal.low), or hook NAME with PATH = VALUE (such as hook scanBalance priority < 12, hook kswapdBalanced answer = true)',
  // Said with names only: titles of imported scenarios and machines, lists of places, options of the terminal.
  'and {} more', 'step {}', 'run {}', '{} on {}', 'oom log', ', which took {}', 'as reported', 'pages free', 'per-node stats', 'this machine', ', Linux {}', ', and {} of its {} bytes were read', 'the region\'s', 'sweep {}', '{} of {}', '{} to {}', 'managed, {}',
  '{} to {} ({})', 'memory.swap.high. cgroup v2.', '{ mode: \'equal\' | \'fract\' | \'anon\' | \'file\', anon, file }', 'mode {}', 'anon {}, file {}', '{ delta, total }', 'delta {}, total {}', '{ size, async }', 'size {}, async {}',
  '[{}] min {}, low {}, high {}, promo {}', '{} is {}', 'free {} + pcp {} + LRU {} = {}', '<script type="application/json" id="reclaim-lab-bundle">',
  'is missing: the queue\'s address, as in --queue redis://host:6379/0, or in the environment variable {}', '{} can\'t be read: {}', '{} is a {}, which can\'t be kept', '{} contains itself', '{} is a class instance, which can\'t be kept',
  'Maximum call stack size exceeded',
])

const HAN = /\p{Script=Han}/u
const tell = teller(CHINESE)

/** Texts of two words and more, with `{}` for what is put in. Not: pairs of languages, types, assertions, thrown bugs of a worker, SQL and code. */
function sentences(path: string, text: string): readonly { readonly place: string; readonly said: string }[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const found: { place: string; said: string }[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node) || (ts.isCallExpression(node) && /^(assert|unreachable)/.test(node.expression.getText()))) return
    if (ts.isPropertyAssignment(node) && ['en', 'zh'].includes(node.name.getText())) return
    const said = textOf(node)?.trim()
    if (said !== undefined && !isPaired(node) && /[a-z’']{2,},? [a-z{]/.test(said) && !/^(INSERT|SELECT|UPDATE|DELETE|PRAGMA|CREATE|redis|local)\b|\n|=>|runs as a worker thread/.test(said)) {
      found.push({ place: `${path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`, said })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function isPaired(node: ts.Node): boolean {
  return /[\p{Script=Han}，]/u.test(node.getText()) || ((ts.isCallExpression(node.parent) || ts.isArrayLiteralExpression(node.parent)) && HAN.test(node.parent.getText()))
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text
  return ts.isTemplateExpression(node) ? node.head.text + node.templateSpans.map((span) => `{}${span.literal.text}`).join('') : undefined
}

/** As it is in a table, or as it comes out with names in its places. */
function hasChinese(said: string): boolean {
  if (Object.hasOwn(CHINESE, said)) return true
  const told = tell(said.replaceAll('{}', 'X1'))
  return HAN.test(told) && !/[a-z]{3,} [a-z]{2,} [a-z]{2,}/.test(told.replace(/"[^"]*"|`[^`]*`|\{[^}]*\}/g, ''))
}

function sources(): readonly { readonly path: string; readonly text: string }[] {
  return projectFiles().filter((path) => SPEAKS.test(path) && !ELSEWHERE.test(path) && /\.ts$/.test(path)).map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
}

const all = sources().flatMap(({ path, text }) => sentences(path, text))

test('what the lab can say of problems has Chinese', () => {
  expect(all.length).toBeGreaterThan(600)
  for (const area of ['main/lab/import/', 'main/store/', 'main/queue/', 'main/runner/', 'main/engine/policy/', 'main/lab/rules/', 'main/lab/history/']) expect(all.filter(({ place }) => place.startsWith(area)).length, area).toBeGreaterThan(5)
  expect(all.filter(({ said }) => !PARTS.has(said) && !hasChinese(said)).map(({ place, said }) => `${place} ${said}`)).toEqual([])
})

test('it would find one that is missing, and no part is named that is said nowhere', () => {
  const found = (code: string): readonly string[] => sentences('x.ts', code).map(({ said }) => said)
  expect(found('fail(path, `${name} is nowhere to be found in ${place}`)')).toEqual(['{} is nowhere to be found in {}'])
  expect(hasChinese('{} is nowhere to be found in {}')).toBe(false)
  expect(found('note("read some pages", "已读一些页"); assert(x, "pages are free"); const t = { en: "two words", zh: "两个词" }')).toEqual([])
  const said = new Set(all.map((one) => one.said))
  expect([...PARTS].filter((part) => !said.has(part))).toEqual([])
})

test('tables: Chinese in each entry, the same places in both languages, no entry twice', () => {
  const tables = [PROBLEMS_ZH, IMPORT_ZH, KEEPING_ZH, RUNNING_ZH]
  const entries = tables.flatMap((table) => Object.entries(table))
  const places = (text: string): number => text.match(/\{[;\d]*\}/g)?.length ?? 0
  expect(entries.filter(([en, zh]) => places(en) !== places(zh)).map(([en]) => en)).toEqual([])
  // Numbered places are each there once.
  expect(entries.filter(([, zh]) => /\{\d\}/.test(zh) && (zh.match(/\{\d\}/g) ?? []).toSorted().join('') !== Array.from({ length: places(zh) }, (_, i) => `{${i}}`).join('')).map(([en]) => en)).toEqual([])
  expect(new Set(entries.map(([en]) => en)).size).toBe(entries.length)
  const words = entries.filter(([en]) => /[a-z]{3}.*[a-z]{3}/.test(en.replace(/\b(free|pcp|LRU)\b/g, '')))
  expect(words.filter(([, zh]) => !HAN.test(zh) && !/folio|bigint|symbol/.test(zh)).map(([en]) => en)).toEqual([])
})

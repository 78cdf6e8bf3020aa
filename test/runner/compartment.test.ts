import { afterAll, describe, expect, test } from 'vitest'
import type { CompiledPolicy } from '../../main/runner/protocol'
import { compile, policyWith } from '../compile/compiler'
import { openGuestRealm } from './guest-realm'

const realm = openGuestRealm()
afterAll(() => realm.close())

function compiled(text: string): CompiledPolicy {
  const result = compile('policy.ts', text)
  expect(result.errors).toEqual([])
  return result
}

/** A policy with one hook, its body from line 4 on. */
const hook = (body: string, top = ''): CompiledPolicy => compiled(policyWith(top, `kswapdTarget(args: any, k: any): any {\n${body}\n}`))

describe('what a policy exports is checked and named', () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['not an object', 'export default 3', /the default export is 3; it must be `definePolicy/],
    ['null', 'export default null', /the default export is null/],
    ['an array', 'export default []', /the default export is an array of 0/],
    ['a class instance', 'class P { api = 1 }\nexport default new P()', /the default export is an object/],
    ['another api', 'export default { api: 2, name: \'x\' }', /api is 2; this lab has api 1/],
    ['no name', 'export default { api: 1 }', /name is undefined; it must be lower-case words/],
    ['a loud name', 'export default { api: 1, name: \'Loud Name\' }', /name is "Loud Name"/],
    ['a getter', 'export default { api: 1, get name() { return \'x\' } }', /name is a getter; it must be a plain value/],
    ['a misspelt hook', 'export default { api: 1, name: \'x\', hooks: { scanBlance() {} } }', /hooks\.scanBlance is no hook of api 1; there are minFreeKbytes/],
    ['an inherited name as a hook', 'export default { api: 1, name: \'x\', hooks: { toString() {} } }', /hooks\.toString is no hook/],
    ['a hook that is no function', 'export default { api: 1, name: \'x\', hooks: { keepActive: true } }', /hooks\.keepActive is true; it must be a function/],
    ['a controller without a period', 'export default { api: 1, name: \'x\', controller: { run() {} } }', /controller\.periodMs is undefined; it must be a whole number of ms, 1\.\.3600000/],
    ['a parameter out of its range', 'export default { api: 1, name: \'x\', params: { a: { kind: \'number\', default: 9, min: 0, max: 5, about: \'\' } } }', /params\.a: default 9 must lie in min 0 \.\. max 5/],
    ['a parameter of no kind', 'export default { api: 1, name: \'x\', params: { a: { kind: \'text\', default: \'\' } } }', /params\.a\.kind is "text"; allowed are/],
    ['a choice that is none', 'export default { api: 1, name: \'x\', params: { a: { kind: \'choice\', default: \'c\', choices: [\'a\', \'b\'] } } }', /it must be one of a, b/],
  ]
  test.each(cases)('%s', async (_, text, message) => {
    expect(await realm.load(compiled(`${text}\n`))).toMatchObject({ kind: 'not-loaded', message: expect.stringMatching(message) as string })
  })
})

test('an error while loading tells its line', async () => {
  expect(await realm.load(compiled(policyWith('const o = null as any\nconst x = 1 +   o.field')))).toMatchObject({
    kind: 'not-loaded', message: expect.stringContaining('Cannot read properties of null') as string, line: 3, column: 19,
  })
})

test('a loop while loading uses up the fuel there and tells its line', async () => {
  expect(await realm.load(compiled(policyWith('let n = 0\nwhile (true) n++')))).toMatchObject({ kind: 'not-loaded', message: expect.stringContaining('used up its fuel') as string, line: 3 })
})

describe('errors are located at the line of the source', () => {
  test.each([
    ['a TypeError', '\n  return    args.missing.x', 5, 'TypeError: Cannot read properties of undefined (reading \'x\')'],
    ['an own error', 'const f = (x: number): number => {\n  throw new RangeError(`bad ${x}`)\n}\nreturn f(3)', 5, 'RangeError: bad 3'],
    ['a thrown string', '\n\n  throw \'plain\'', 6, 'threw "plain"'],
    ['a thrown object', '\n  throw { line: 77 }', 5, 'threw an object'],
    ['an error with its stack replaced', 'const e = new Error(\'x\')\nObject.defineProperty(e, \'stack\', { get() { while (true); } })\nthrow e', 6, 'x'],
    ['an error whose message is a getter', 'const e = new Error(\'x\')\nObject.defineProperty(e, \'message\', { get() { while (true); } })\nthrow e', 4, 'Error'],
  ])('%s', async (_, body, line, message) => {
    expect(await realm.call(hook(body), 'kswapdTarget', { args: [{}, {}] })).toMatchObject({ kind: 'threw', message, line })
  })
})

test('each load is a fresh compartment: nothing is kept from one run to the next', async () => {
  const counter = hook('return ++n', 'let n = 0')
  expect(await realm.call(counter, 'kswapdTarget', { calls: 3 })).toMatchObject({ answer: 3 })
  expect(await realm.call(counter, 'kswapdTarget', { calls: 1 })).toMatchObject({ answer: 1 })
})

test('fuel is exact and the same every time', async () => {
  const loop = hook('for (let i = 0; i < 10; i++);\nreturn 1')
  for (const calls of [1, 2, 500]) expect(await realm.call(loop, 'kswapdTarget', { fuel: 1_000, calls })).toMatchObject({ kind: 'answered', fuelLeft: 1_000 - 11 })
  expect(await realm.call(loop, 'kswapdTarget', { fuel: 11 })).toMatchObject({ kind: 'answered', fuelLeft: 0 })
  expect(await realm.call(loop, 'kswapdTarget', { fuel: 10 })).toMatchObject({ kind: 'threw', fuelLeft: -1, line: 4 })
})

test('the API\'s constants are there, and the same objects can\'t be changed', async () => {
  const uses = compiled('import { FOLIO_FILE, HOOKS, definePolicy, FOLIOREF_ACTIVATE as yes } from \'reclaim-lab\'\nimport * as lab from \'reclaim-lab\'\nexport default definePolicy({ api: 1, name: \'x\', hooks: { folioReferences(): any { try { (lab as any).FOLIO_FILE = 9 } catch {} try { (HOOKS as any).extra = 1 } catch {} return FOLIO_FILE * 100 + yes * 10 + (\'extra\' in HOOKS ? 1 : 0) + lab.FOLIO_FILE } } })\n')
  expect(await realm.call(uses, 'folioReferences')).toMatchObject({ kind: 'answered', answer: 131 })
})

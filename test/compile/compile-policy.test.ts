import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compile, policyWith } from './compiler'

describe('errors stop a policy, with the right line and plain words', () => {
  const cases: readonly (readonly [name: string, body: string, message: RegExp, line?: number])[] = [
    ['async function', 'async function f() {}', /`async` can't be used/],
    ['async arrow', 'const f = async () => 1', /`async` can't be used/],
    ['async method', 'const o = { async f() {} }', /`async` can't be used/],
    ['async generator', 'async function* f() {}', /`async` can't be used/],
    ['top-level await', 'const x = await 3', /`await` can't be used/],
    ['for await', 'for await (const x of []) {}', /`await` can't be used/],
    ['dynamic import', 'const m = import(\'node:fs\')', /dynamic `import\(\)` can't be used/],
    ['import.meta', 'const u = import.meta.url', /`import\.meta` can't be used/],
    ['another import', 'import fs from \'node:fs\'', /`node:fs` can't be imported/],
    ['a type import from elsewhere', 'import type { Stats } from \'node:fs\'', /`node:fs` can't be imported/],
    ['side-effect import', 'import \'./other\'', /`\.\/other` can't be imported/],
    ['default import', 'import lab from \'reclaim-lab\'', /no default export/],
    ['import equals', 'import fs = require(\'fs\')', /`import =` can't be used/],
    ['re-export', 'export * from \'reclaim-lab\'', /nothing can be re-exported/],
    ['require', 'const fs = require(\'fs\')', /`require` doesn't exist in a policy: the only import is `reclaim-lab`/],
    ['process', 'const e = process.env', /`process` doesn't exist in a policy/],
    ['typeof process', 'const t = typeof process', /`process` doesn't exist in a policy/],
    ['fetch', 'fetch(\'http://example.org\')', /`fetch` doesn't exist.*network/],
    ['Date', 'const t = Date.now()', /`Date` doesn't exist.*k\.now/],
    ['Math.random', 'const r = Math.random()', /`Math\.random` doesn't exist.*k\.rng\.next/],
    ['Math["random"]', 'const r = Math[\'random\']()', /`Math\.random` doesn't exist/],
    ['console', 'console.log(1)', /`console` doesn't exist.*k\.log/],
    ['setTimeout', 'setTimeout(() => {}, 1)', /`setTimeout` doesn't exist.*controller/],
    ['Promise', 'Promise.resolve(1)', /`Promise` doesn't exist/],
    ['typed array', 'const a = new Uint8Array(3)', /`Uint8Array` doesn't exist.*plain array/],
    ['SharedArrayBuffer', 'const a = new SharedArrayBuffer(3)', /`SharedArrayBuffer` doesn't exist/],
    ['Atomics', 'Atomics.wait([], 0, 0)', /`Atomics` doesn't exist/],
    ['WeakRef', 'const w = new WeakRef({})', /`WeakRef` doesn't exist/],
    ['FinalizationRegistry', 'const w = new FinalizationRegistry(() => {})', /`FinalizationRegistry` doesn't exist/],
    ['WebAssembly', 'WebAssembly.compile([])', /`WebAssembly` doesn't exist/],
    ['Proxy', 'const p = new Proxy({}, {})', /`Proxy` doesn't exist/],
    ['Reflect', 'Reflect.ownKeys({})', /`Reflect` doesn't exist/],
    ['Intl', 'Intl.NumberFormat()', /`Intl` doesn't exist/],
    ['BigInt', 'const b = BigInt(3)', /`BigInt` doesn't exist/],
    ['a bigint', 'const b = 2 ** 3 + Number(10n)', /`BigInt` doesn't exist.*mulDiv/],
    ['eval', 'eval(\'1\')', /`eval` doesn't exist/],
    ['indirect eval', '(0, eval)(\'1\')', /`eval` doesn't exist/],
    ['Function', 'new Function(\'return 1\')', /`Function` doesn't exist/],
    ['globalThis', 'const g = globalThis', /`globalThis` doesn't exist/],
    ['shorthand property', 'const o = { process }', /`process` doesn't exist/],
    ['a misspelt name', 'const a = 1; const b = aa + 1', /`aa` doesn't exist/],
    ['the meter\'s names', 'let $fuel = 1', /belong to the fuel meter/],
    ['the meter\'s names, escaped', 'let \\u0024fuelDepth = 1', /belong to the fuel meter/],
    ['the meter\'s names, assigned', '$fuel = 1e9', /belong to the fuel meter/],
    ['enum', 'enum E { A }', /`enum` needs code/],
    ['namespace', 'namespace N { export const a = 1 }', /`namespace` needs code/],
    ['decorator', 'function d(c: unknown) {}\n@d class A {}', /a decorator needs code/, 3],
    ['parameter property', 'class A { constructor(private x: number) {} }', /a parameter property needs code/],
    ['angle-bracket assertion', 'const x = <number>JSON.parse(\'1\')', /write `value as Type`/],
    ['with', ';with ({}) {}', /with/],
    ['debugger', 'debugger', /`debugger` can't be used/],
    ['top-level return', 'return', /`return` can only stand in a function/],
    ['using', 'using x = null', /`using` can't be used/],
    ['default class', 'export default class {}', /default export/],
    ['undeclared break label', 'for (;;) { break nowhere }', /label/],
    ['delete of a name', 'let v = 1; delete v', /delete/],
    ['octal', 'const o = 010', /[Oo]ctal/],
    ['syntax error', 'const = 1', /expected/],
  ]
  test.each(cases.map(([name, body, message, line = 2]) => ({ name, body, message, line })))('$name', ({ body, message, line }) => {
    const result = compile('p.ts', policyWith(body))
    expect(result).toMatchObject({ ok: false, code: '' })
    expect(result.errors.map(error => error.message)).toContainEqual(expect.stringMatching(message))
    const found = result.errors.find(error => message.test(error.message))
    expect(found).toMatchObject({ line, path: `p.ts:${line}` })
    expect(found?.column).toBeGreaterThan(0)
  })
})

test.each([
  ['empty', '', /empty/],
  ['blank', ' \n\n', /empty/],
  ['binary', 'PK\u0003\u0004\0\0', /not a text file/],
  ['too large', `// ${'x'.repeat(600_000)}`, /at most/],
  ['nested too deeply', `${'('.repeat(100_000)}1`, /nested too deeply|expected/],
  ['no default export', 'const a = 1\n', /needs `export default definePolicy/],
])('a file that is %s is refused with a sentence', (_, text, message) => {
  const result = compile('p.ts', text)
  expect(result.ok).toBe(false)
  expect(result.errors[0]?.message).toMatch(message)
  expect(result.errors[0]?.line).toBe(1)
})

test('type errors warn and let the policy run', () => {
  const result = compile('p.ts', policyWith('', 'kswapdTarget: () => \'many\''))
  expect(result).toMatchObject({ ok: true, errors: [] })
  expect(result.warnings).toHaveLength(1)
  expect(result.warnings[0]).toMatchObject({ line: 3, message: expect.stringContaining('\'string\' is not assignable to type \'number\'') as string })
})

test('an unknown type is a warning, an unknown value an error', () => {
  const result = compile('p.ts', policyWith('let a: Nothing\nlet b: typeof nothing'))
  expect(result).toMatchObject({ ok: true })
  expect(result.warnings.map(warning => warning.line)).toEqual([2, 3])
})

test('inexact mathematics is pointed out, exact functions of Math are not', () => {
  const result = compile('p.ts', policyWith('const f = (x: number) => Math.pow(x, 2) + x ** 2 + Math.floor(x)'))
  expect(result.ok).toBe(true)
  expect(result.warnings.map(warning => warning.message)).toEqual([expect.stringContaining('Math.pow'), expect.stringContaining('`**`')])
})

test('property names, strings and comments may hold any word', () => {
  const result = compile('p.ts', policyWith('const o = { process: 1, eval: 2, Date: 3, globalThis: 4 }; const n = o.process + o.globalThis\n// import(\'x\') <!-- -->\nconst s = "require(\'fs\')"'))
  expect(result.errors).toEqual([])
})

test('several errors come in the order of the text, each once', () => {
  const { errors } = compile('p.ts', policyWith('fetch(1)\nconst d = new Date()\nasync function f() { await process.nextTick(1) }'))
  expect(errors.map(error => error.line)).toEqual([2, 3, 4, 4, 4])
})

test('the same text has the same hash and code, another text another hash', () => {
  const [a, b, c] = [compile('a.ts', policyWith('')), compile('b.ts', policyWith('')), compile('a.ts', policyWith('let x = 1'))]
  expect([b.hash, b.code]).toEqual([a.hash, a.code])
  expect(c.hash).not.toBe(a.hash)
})

test('every policy and kernel the lab ships compiles without an error or a warning', () => {
  for (const folder of ['policies', 'kernels']) {
    for (const name of readdirSync(new URL(`../../plugins/${folder}/`, import.meta.url))) {
      const result = compile(name, readFileSync(new URL(`../../plugins/${folder}/${name}`, import.meta.url), 'utf8'))
      expect({ name, errors: result.errors, warnings: result.warnings }).toEqual({ name, errors: [], warnings: [] })
    }
  }
})

/** Attacks by the text itself: spellings that TypeScript and the engine read differently, and sources made to break or stall the checker. Refused with a line, or harmless. */
import { afterAll, describe, expect, test } from 'vitest'
import { compile, policyWith } from '../compile/compiler'
import { openGuestRealm } from '../runner/guest-realm'

const realm = openGuestRealm()
afterAll(() => realm.close())

describe('odd spellings are refused at their line', () => {
  const cases: readonly (readonly [what: string, body: string, message: RegExp, line?: number])[] = [
    ['import with a comment inside', 'const m = import/* */("node:fs")', /dynamic `import\(\)`/],
    ['import over lines', 'const m = import\n\n("node:fs")', /dynamic `import\(\)`/],
    ['import.defer', 'const m = (import as any).defer("node:fs")', /./],
    ['import in a default', 'function f(a = import("x")) {}', /dynamic `import\(\)`/],
    ['import in a template', 'const t = `${import("x")}`', /dynamic `import\(\)`/],
    ['import in a computed name', 'class A { [import("x") as any]() {} }', /dynamic `import\(\)`/],
    ['await spelt with an escape', 'const x = \\u0061wait 3', /./],
    ['async by an escape', 'const f = \\u0061sync () => 1', /./],
    ['the meter by an escape', 'const o = 1; $fue\\u006c = 1e9', /belong to the fuel meter/],
    ['the meter by a long escape', '\\u{24}fuelOut', /belong to the fuel meter/],
    ['the meter as a label', '$fuelLoop: for (;;) break $fuelLoop', /belong to the fuel meter/],
    ['the meter as a private name', 'class A { #$fuel = 1 }', /belong to the fuel meter/],
    ['the meter in a pattern', 'const { x: $fuel } = { x: 1 }', /belong to the fuel meter/],
    ['the meter as a parameter', 'const f = ($fuelOut: any) => 1', /belong to the fuel meter/],
    ['the meter as a property', 'const o = { $fuel: 1 }', /belong to the fuel meter/],
    ['eval as a shorthand', 'const o = { eval }', /`eval` doesn't exist/],
    ['eval by an escape', '\\u0065val("1")', /doesn't exist/],
    ['Function in extends', 'class A extends Function {}', /`Function` doesn't exist/],
    ['Proxy in extends', 'class A extends (Proxy as any) {}\nclass B extends Proxy {}', /`Proxy` doesn't exist/],
    ['process in a type position only at run time', 'const t = process as any', /`process` doesn't exist/],
    ['globalThis in brackets', 'const g = (globalThis)["process"]', /`globalThis` doesn't exist/],
    ['with by comments', ';with/**/({}) {}', /with/],
    ['arguments as a name', 'const arguments = 1', /./],
    ['yield outside', 'yield 1', /./],
    ['super outside', 'super.x', /./],
    ['closing our function', '}\n{', /./],
    ['closing our function in a template', 'const t = `${1}}`; } {', /./],
    ['a line that V8 takes for a comment', 'let n = 1\n<!-- n = 2', /./, 3],
    ['a decorator with a call', '@(() => 1)\nclass A {}', /a decorator needs code/],
    ['a private name of nobody', 'const o: any = {}; o.#x', /./],
    ['two constructors', 'class A { constructor() {} constructor(a?: any) {} }', /./],
    ['a getter with a parameter', 'const o = { get x(a: any) { return 1 } }', /./],
    ['a bad regular expression', 'const r = /(?<a>)(?<a>)/', /./],
    ['a regular expression without an end', 'const r = /(/', /./],
    ['a default export in a block', '{ export default 1 }', /./],
  ]
  test.each(cases.map(([what, body, message, line = 2]) => ({ what, body, message, line })))('$what', ({ body, message, line }) => {
    const result = compile('p.ts', policyWith(body))
    expect({ ok: result.ok, code: result.code }).toEqual({ ok: false, code: '' })
    expect(result.errors.map(error => error.message)).toContainEqual(expect.stringMatching(message))
    expect(result.errors[0]?.line).toBeGreaterThanOrEqual(line)
    expect(result.errors[0]?.path).toBe(`p.ts:${result.errors[0]?.line}`)
  })
})

describe('texts that look like an attack and are none do what they say', () => {
  const cases: readonly (readonly [what: string, body: string, answer: unknown])[] = [
    ['a method called import', 'const o = { import(x: number) { return x + 1 } }; return o.import(1) + o . import (2)', 5],
    ['HTML comments in text', 'return "<!-- import(1) -->".length', 18],
    ['an escaped HTML comment', 'return "\\<!--" + /\\<!--/.test("<!--")', '<!--true'],
    ['arrows and decrements', 'let n = 3, s = ""; while (n --> 0) s += n; return s', '210'],
    ['a string with line separators', 'return "a\u2028b\u2029c".length', 5],
    ['names in other scripts', 'const число = 1, 数 = 2, \\u{1d4d0} = 3, ａ = 4; return число + 数 + \\u{1d4d0} + ａ', 10],
    ['names that objects inherit', 'const constructor = 1, toString = 2, __proto__ = 3, hasOwnProperty = 4; return constructor + toString + __proto__ + hasOwnProperty', 10],
    ['a very long line', `return [${'1,'.repeat(20_000)}1].length`, 20_001],
    ['white space that only one of them knows', 'const a\u0085=\u200b1\nreturn a', 1],
    ['a map of columns in a template', 'return `\n//$fuelColumns={"1":[[1,1]]}\n`.length', 30],
    ['a comment that names sources', '//# sourceURL=node:internal\n//# sourceMappingURL=data:,\nreturn 1', 1],
    ['a line end in a comment in a return', 'return ( /* \n */ 7)', 7],
    ['types that look like code', 'const x = <T,>(a: T): T extends typeof import("reclaim-lab") ? 1 : T => a as any; return x(3)', 3],
    ['a label called as a keyword of types', 'type: for (;;) { break type }\nreturn 1', 1],
    ['a byte order mark and carriage returns', 'const a = 1\r\n\r\nreturn a', 1],
  ]
  test.each(cases)('%s', async (_, body, answer) => {
    const result = compile('p.ts', policyWith('', `kswapdTarget(args: any, k: any): any {\n${body}\n}`))
    expect(result.errors).toEqual([])
    expect(await realm.call(result, 'kswapdTarget')).toMatchObject({ kind: 'answered', answer })
  })
})

describe('sources made to break or stall the checker are answered, and the next one is checked as ever', () => {
  const DEEP = /nested (?:more than 2000 levels|too) deep/
  const cases: readonly (readonly [what: string, body: string, refused?: RegExp])[] = [
    ['parentheses', `const x = ${'('.repeat(20_000)}1${')'.repeat(20_000)}`, DEEP],
    ['lists', `const x: any = ${'['.repeat(20_000)}${']'.repeat(20_000)}`, DEEP],
    ['arrows', `const x: any = ${'()=>'.repeat(5_000)}1`, DEEP],
    ['functions', `${'function f(){'.repeat(2_500)}${'}'.repeat(2_500)}`, DEEP],
    ['blocks', `${'{'.repeat(2_500)}${'}'.repeat(2_500)}`, DEEP],
    ['templates', `const x = ${'`${'.repeat(2_500)}1${'}`'.repeat(2_500)}`, DEEP],
    ['a long sum', `const x = 1${'+1'.repeat(20_000)}`, DEEP],
    ['a long chain of members', `const o: any = {}; o${'.a'.repeat(20_000)}`, DEEP],
    ['a long chain of calls', `const o: any = {}; o${'.a()'.repeat(20_000)}`, DEEP],
    ['a long chain of else', `let n = 1; ${'if (n === 1) n++; else '.repeat(3_000)}n--`, DEEP],
    ['groups of a regular expression', `const r = /${'('.repeat(20_000)}${')'.repeat(20_000)}/`, DEEP],
    ['names that don\'t exist', 'ab;\n'.repeat(20_000), /`ab` doesn't exist/],
    ['bans', 'async () => 1;\n'.repeat(5_000), /`async` can't be used/],
    ['a tuple type that doubles', `type D0 = [1, 1]\n${Array.from({ length: 20 }, (_, i) => `type D${i + 1} = [...D${i}, ...D${i}]`).join('\n')}\nlet d: D20`, /rest element|too large|nested/],
    ['a union of texts', `type A = ${Array.from({ length: 60 }, (_, i) => `'${i}'`).join('|')}\nlet b: \`\${A}\${A}\${A}\${A}\` = '1'`],
    ['a type that names itself for ever', 'type G<T> = { a: G<[T]> }\nconst g: G<1> = { a: 1 } as any as G<2>'],
    ['comments', '/* */'.repeat(20_000)],
    ['documentation', `/** ${'@param {'.repeat(2_000)} */ function f() {}`],
  ]
  test.each(cases.map(([what, body, refused]) => ({ what, body, refused })))('$what', ({ body, refused }) => {
    const result = compile('bomb.ts', policyWith(body))
    expect(result.ok).toBe(refused === undefined)
    if (refused) expect(result.errors[0]).toMatchObject({ message: expect.stringMatching(refused) as string, line: expect.any(Number) as number })
    expect(result.errors.length).toBeLessThanOrEqual(100)
    expect(compile('next.ts', policyWith('let n: number = "x"'))).toMatchObject({ ok: true, warnings: [{ line: 2 }] })
  })
})

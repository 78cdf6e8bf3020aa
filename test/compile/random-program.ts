/** Random small programs in TypeScript that end by themselves and show what they do through `trace(...)`. */
import fc from 'fast-check'

type Text = fc.Arbitrary<string>

const LOOP_TURNS = 3

/** Separators a person could type between two tokens. */
const gap: Text = fc.constantFrom(' ', '\n', ' /* c */ ', '\n// c\n', '\n\n')

let names = 0

const expression: Text = fc.letrec<{ readonly e: string }>(tie => ({
  e: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.integer({ min: 0, max: 9 }).map(String),
    fc.tuple(tie('e'), fc.constantFrom('+', '-', '*', '>', '&&', '||', '??'), tie('e')).map(([a, op, b]) => `((${a}) ${op} (${b}))`),
    tie('e').map(e => `trace(${e})`),
    tie('e').map(e => `(${e} as number)`),
    tie('e').map(e => `((x: any): any => x)(${e})`),
    fc.tuple(tie('e'), gap).map(([e, g]) => `(() => {${g}return (${e}) as any${g}})()`),
    fc.tuple(tie('e'), tie('e')).map(([a, b]) => `(({ p = ${a} }: { p?: any } = {}, [q = ${b}]: any[] = []) => [p, q].join())()`),
    tie('e').map(e => `[...(function* (): Generator<any> { yield ${e}; yield 1 })()].length`),
    tie('e').map(e => `new (class { v: any = ${e}; get w() { return this.v } })().w`),
    tie('e').map(e => `\`<\${${e}}>\``),
    fc.tuple(tie('e'), tie('e'), tie('e')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
  ),
})).e

const statement: Text = fc.letrec<{ readonly s: string; readonly block: string }>(tie => ({
  block: fc.tuple(gap, fc.array(tie('s'), { minLength: 1, maxLength: 3 })).map(([g, list]) => `{${g}${list.join('\n')}${g}}`),
  s: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    expression.map(e => `trace(${e})`),
    expression.map(e => { const name = `v${names++}`; return `const ${name}: unknown = ${e}\ntrace(typeof ${name})` }),
    fc.tuple(expression, tie('block'), tie('block')).map(([e, a, b]) => `if (${e}) ${a} else ${b}`),
    fc.tuple(tie('block'), gap).map(([b, g]) => { const i = `i${names++}`; return `for (let ${i} = 0; ${i} < ${LOOP_TURNS}; ${i}++)${g}${b}` }),
    tie('block').map(b => `for (const o of [1, 2]) ${b}`),
    fc.tuple(tie('s'), fc.constantFrom('break', 'continue')).map(([s, jump]) => { const l = `l${names++}`; return `${l}: for (const o of [1, 2]) for (const p of [3, 4]) { ${s}\nif (p === 3) ${jump} ${l} }` }),
    tie('s').map(s => { const w = `w${names++}`; return `let ${w} = 0\nwhile (${w}++ < 2) { ${s} }` }),
    tie('s').map(s => { const d = `d${names++}`; return `let ${d} = 2\ndo { ${s} } while (${d} --> 0)` }),
    fc.tuple(tie('block'), tie('block'), expression).map(([a, b, e]) => `try { trace('t'); if (${e}) throw new Error('x') } catch (e: unknown) ${a} finally ${b}`),
    fc.tuple(tie('block'), tie('s')).map(([a, s]) => `try { ${s}\nthrow { message: 'm' } } catch ({ message }: any) { trace(message); ${a} }`),
    tie('block').map(b => `try { try ${b} finally { trace('f') } } catch { trace('c') }`),
    fc.tuple(tie('block'), expression).map(([b, e]) => { const f = `f${names++}`; return `function ${f}<T>(a: T, b = ${e}): unknown ${b.replace(/\}$/, '\nreturn [a, b].length }')}\ntrace(${f}(1))` }),
    tie('block').map(b => { const c = `C${names++}`; return `class ${c} { private x: number = 1; static s = trace('s'); m(n: number = this.x): void ${b} }\nnew ${c}().m()` }),
  ),
})).s

export const program: Text = fc.array(statement, { minLength: 1, maxLength: 4 }).map(list => `${list.join('\n')}\n`)

/** Random small programs that mean harm: endless, deep, throwing, poking and hoarding pieces, nested in every construct that could hide them. */
import fc from 'fast-check'

type Text = fc.Arbitrary<string>

const VALUES: Text = fc.constantFrom('0', 'NaN', '""', 'null', 'undefined', '[]', '{}', 'k', 'args', 'Object.prototype', 'Array.prototype', '(() => 1)', 'Symbol.iterator', 'new Error("x")', '/x/', 'JSON', 'Math', 'kept')
const KEYS: Text = fc.constantFrom('constructor', '__proto__', 'prototype', 'call', 'length', 'stack', 'toString', 'valueOf', 'next', 'return', 'then', 'x')

const expression: Text = fc.letrec<{ readonly e: string }>(tie => ({
  e: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    VALUES,
    fc.tuple(tie('e'), KEYS).map(([e, key]) => `(${e} as any)?.[${JSON.stringify(key)}]`),
    fc.tuple(tie('e'), tie('e')).map(([f, x]) => `(${f} as any)(${x})`),
    fc.tuple(tie('e'), tie('e')).map(([f, x]) => `new (${f} as any)(${x})`),
    fc.tuple(tie('e'), fc.constantFrom('+', '-', '<', '==', 'instanceof', 'in', '&&', '??', '||', ','), tie('e')).map(([a, op, b]) => `((${a} as any) ${op} (${b} as any))`),
    fc.tuple(tie('e'), KEYS, tie('e')).map(([o, key, v]) => `((${o} as any)[${JSON.stringify(key)}] = ${v})`),
    tie('e').map(e => `\`\${${e}}\``),
    tie('e').map(e => `[...(${e} as any)]`),
    tie('e').map(e => `({ valueOf() { return ${e} }, toString() { return ${e} }, get x() { return ${e} }, [Symbol.iterator]() { return ${e} } })`),
    tie('e').map(e => `(function* (): any { yield ${e}; yield* (${e} as any) })()`),
    tie('e').map(e => `(class { static s: any = ${e}; f: any = ${e} })`),
    tie('e').map(e => `[1, 2].map(() => ${e})`),
    tie('e').map(e => `self(${e})`),
    tie('e').map(e => `(kept.push(${e}), kept.length > 50 ? kept.splice(0) : kept)`),
  ),
})).e

const statement: Text = fc.letrec<{ readonly s: string }>(tie => ({
  s: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    expression.map(e => `;(${e})`),
    expression.map(e => `throw ${e}`),
    expression.map(e => `return ${e}`),
    fc.constantFrom('while (true);', 'for (;;) {}', 'do {} while (1)', 'for (const x of (function* () { for (;;) yield 1 })());'),
    tie('s').map(s => `try { ${s} } catch {}`),
    tie('s').map(s => `try { ${s} } finally { ${s} }`),
    fc.tuple(tie('s'), tie('s')).map(([a, b]) => `try { ${a} } catch (e: any) { e.message = e; ${b} }`),
    tie('s').map(s => `for (const x of [1, 2]) { ${s} }`),
    tie('s').map(s => `a: for (;;) { try { ${s} } finally { continue a } }`),
    tie('s').map(s => `for (const x of { [Symbol.iterator]() { return this }, next: () => ({ done: false }), return() { ${s} } } as any) { ${s} }`),
    tie('s').map(s => `for (const [x = (() => { ${s} })()] of [[]]) break`),
    fc.tuple(tie('s'), tie('s')).map(([a, b]) => `switch (1 as any) { case (() => { ${a} })(): default: ${b} }`),
  ),
})).s

/** The body of a hook, from line 4 of its policy on; `self` calls it again. */
export const attack: Text = fc.array(statement, { minLength: 1, maxLength: 4 }).map(list => list.join('\n'))

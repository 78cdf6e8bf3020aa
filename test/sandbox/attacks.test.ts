/**
 * Attacks on the compartment by policies that compile: each is stopped with its line (`threw`, fuel below zero where the meter stopped it) or has no effect
 * (`harmless`: the answer shows what it got). Attacks that only force can stop are in forced.test.ts; those refused by the compiler in compile-policy.test.ts.
 */
import { afterAll, expect, test } from 'vitest'
import { compile, policyWith } from '../compile/compiler'
import { openGuestRealm } from '../runner/guest-realm'

const realm = openGuestRealm()
afterAll(() => realm.close())

interface Attack {
  /** From line 4 of the policy on; `args` and `k` are host objects. */
  readonly body: string
  readonly top?: string
  readonly harmless?: unknown
  readonly threw?: RegExp
  readonly line?: number
  readonly out?: RegExp
}

const FUEL = /used up its fuel/
const DEEP = /nested more than 1000 deep/

const ATTACKS: Readonly<Record<string, Attack>> = {
  // endless work
  'an endless loop': { body: '\nwhile (true);', threw: FUEL, line: 5, out: FUEL },
  'an endless loop in catch': { body: 'try { throw 1 } catch {\nfor (;;); }', threw: FUEL, line: 5, out: FUEL },
  'a loop that swallows what stops it': { body: 'for (;;) { try { while (true); } catch { continue } }', threw: FUEL, line: 4, out: FUEL },
  'finally and continue': { body: 'for (;;) { try { throw 1 } finally { continue } }', threw: FUEL, line: 4, out: FUEL },
  'finally, label and continue': { body: 'a: for (;;) { b: for (;;) { try { for (;;); } finally { continue a } } }', threw: FUEL, line: 4, out: FUEL },
  'finally and return': { body: 'try { while (true); } finally { return 5 }', harmless: 5, line: 4, out: FUEL },
  'a swallowed end': { body: 'try { while (true); } catch {}\nreturn 7', threw: FUEL, out: FUEL, line: 4 },
  'endless loops one after another': { body: 'const go = () => { try { while (true); } finally { return } }\ngo()\ngo()\nwhile (true);', threw: FUEL, line: 4, out: FUEL },
  'a do loop without a body': { body: 'do; while (true)', threw: FUEL, line: 4, out: FUEL },
  'a for loop that works in its condition': { body: 'for (let i = 0; i++ < 1e12;);', threw: FUEL, line: 4, out: FUEL },
  'an endless generator': { body: 'function* g() { while (true) yield 1 }\nfor (const x of g());', threw: FUEL, out: FUEL },
  'an endless spread': { body: 'return [...(function* () { for (;;) yield 1 })()].length', threw: FUEL, line: 4, out: FUEL },
  'an endless iterator of its own': { body: 'return Math.max(...{ [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }) }) })', threw: FUEL, line: 4, out: FUEL },
  'a comparator that never ends': { body: 'return Array.from({ length: 99_999 }, (_, i) => i).sort(() => -1).length', threw: FUEL, line: 4, out: FUEL },
  'a getter that loops': { body: 'const o = { get x() { while (true); } }\nreturn o.x', threw: FUEL, line: 4, out: FUEL },
  'valueOf that loops': { body: 'return 1 + ({ valueOf() { for (;;); } } as any)', threw: FUEL, line: 4, out: FUEL },
  'a class field that makes its class': { top: 'let n = 0; class A { left: any = n++ < 1e6 ? new A() : 0; right: any = n++ < 1e6 ? new A() : 0 }', body: 'try { new A() } catch {}\nreturn 1', threw: /fuel|Maximum call stack/, line: 2, out: /fuel|too deeply/ },
  'default parameters that multiply': { top: 'const f = (n: number, a: any = n && f(n - 1), b: any = n && f(n - 1)): any => n', body: 'return f(40)', threw: FUEL, line: 2, out: FUEL },
  'a tagged template that calls itself': { top: 'const tag = (): any => tag``', body: 'return tag()', threw: DEEP, line: 2, out: DEEP },
  'a replace callback over and over': { body: 'return "x".repeat(200_000).replace(/x/g, () => "y").length', threw: FUEL, line: 4, out: FUEL },
  'JSON with a greedy reviver': { body: 'return JSON.parse(`[${"1,".repeat(150_000)}1]`, (_: string, v: any) => v).length', threw: FUEL, line: 4, out: FUEL },

  // recursion
  'recursion': { top: 'const f = (n: number): number => f(n + 1) + 1', body: 'return f(0)', threw: DEEP, line: 2, out: DEEP },
  'recursion that looks how deep it can go': { top: 'let deepest = 0; const f = (n: number): void => { deepest = n; f(n + 1) }', body: 'try { f(0) } catch {}\nreturn deepest', threw: DEEP, line: 2, out: DEEP },
  'recursion that looks in finally': { top: 'const f = (n: number): number => { try { return f(n + 1) } finally { return n } }', body: 'return f(0)', harmless: 0, line: 2, out: DEEP },
  'recursion through getters': { body: 'const o = { get x(): any { return o.x } }\ntry { o.x } catch {}\nreturn 1', threw: DEEP, line: 4, out: DEEP },
  'recursion through conversions': { body: 'const o: any = { valueOf() { return o + 1 } }\ntry { return o + 1 } catch { return 5 }', threw: DEEP, line: 4, out: DEEP },
  'recursion through callbacks': { top: 'const f = (): any => [1].map(f)', body: 'return f()', threw: DEEP, line: 2, out: DEEP },
  'recursion with wide frames': { top: 'const f = (...a: number[]): any => f(...a, ...a)', body: 'try { f(1) } catch {}\nreturn 3', threw: /stack|fuel|Invalid/, line: 2, out: /deep|fuel/ },
  'an array that holds itself, flattened': { body: 'const a: any[] = []; a.push(a)\ntry { return a.flat(Infinity).length } catch { return 5 }', threw: /Maximum call stack/, line: 5, out: /too deeply/ },

  'a regular expression too large to take apart': { body: 'try { return new RegExp("(?:a|b|(?=c))".repeat(50_000)).test("abab") } catch { return 5 }', threw: /Invalid regular expression/, line: 4, out: /too deeply/ },
  'a match that fills the stack': { body: 'try { return /^(?:a|ab|abc)*$/.test("a".repeat(20_000_000)) } catch { return 5 }', threw: /Maximum call stack/, line: 4, out: /too deeply/ },
  'an iterator helper that takes for ever': { body: 'const it: any = Object.setPrototypeOf({ next: () => ({ done: false, value: 1 }) }, Object.getPrototypeOf(Object.getPrototypeOf([].values())))\nreturn it.take(Infinity).toArray().length', threw: FUEL, line: 4, out: FUEL },
  'a union with a set that never ends': { body: 'let n = 0\nreturn new Set([1]).union({ size: 1, has: () => true, keys: () => ({ next: () => ({ done: false, value: n++ }) }) } as any).size', threw: FUEL, line: 5, out: FUEL },

  // errors that are traps for whoever reads them
  'an error with a cause that loops': { body: 'throw Object.assign(new Error("x"), {}, { get cause(): any { for (;;); } })', threw: FUEL, line: 4, out: FUEL },
  'an error whose message and stack loop': { body: 'throw Object.create(Error.prototype, { message: { get() { for (;;); } }, stack: { get() { for (;;); } }, name: { get() { throw 1 } } })', threw: /^threw an object$/, line: 4 },
  'an error of a class whose name and text loop': { body: 'class E extends Error { get name(): any { for (;;); } toString(): any { for (;;); } }\nthrow new E("x")', threw: /^x$/, line: 4 },
  'a thrown function whose text loops': { body: 'const f: any = () => 1; f.toString = () => { for (;;); }\nthrow f', threw: /^threw a function$/, line: 5 },
  'a thrown -0': { body: 'throw -0', threw: /^threw 0$/, line: 4 },

  // ways out
  'constructor of a function': { body: '\nreturn (() => 1).constructor("return process")()', threw: /TypeError/, line: 5 },
  'constructor of a host function': { body: '\nreturn k.log.constructor("return process")()', threw: /TypeError/, line: 5 },
  'constructor chain from a host object': { body: '\nreturn args.constructor.constructor("return this")()', threw: /TypeError/, line: 5 },
  'constructor of a generator': { body: '\nreturn Object.getPrototypeOf(function* () {}).constructor("yield 1")', threw: /TypeError/, line: 5 },
  'constructor of a bound function': { body: '\nreturn (function () {}).bind(null).constructor("return process")()', threw: /TypeError/, line: 5 },
  'the caller of a function': { body: 'return String((function f(): any { return (f as any).caller })())', harmless: 'undefined' },
  'arguments.callee': { body: '\nreturn (function () { return arguments.callee })()', threw: /TypeError/, line: 5 },
  'this at top level': { top: 'const here: unknown = this', body: 'return typeof here', harmless: 'undefined' },
  'this in a plain function': { body: 'return (function (this: unknown) { return typeof this })()', harmless: 'undefined' },
  'Array.fromAsync': { body: '\nreturn (Array as any).fromAsync([1])', threw: /TypeError: Array\.fromAsync is not a function/, line: 5 },
  'stack of an error': { body: 'return new Error("x").stack', harmless: '' },
  'stack of an error of the host': { body: 'try { k.log(Symbol()) } catch (e) { return (e as any).stack }', harmless: '' },
  'captureStackTrace': { body: 'const o: any = {}; (Error as any).captureStackTrace(o); return o.stack', harmless: '' },
  'prepareStackTrace': { body: '(Error as any).prepareStackTrace = (_: any, frames: any) => frames\nreturn typeof (new Error("x") as any).stack', harmless: 'string' },
  'stackTraceLimit': { body: '(Error as any).stackTraceLimit = 1000\nreturn String((Error as any).stackTraceLimit)', harmless: 'undefined' },
  'names of the meter by a string': { body: 'return typeof (args as any)["$fuel"]', harmless: 'undefined' },
  'names that were declared away': { top: 'declare const process: any', body: '\nreturn process.exit(1)', threw: /TypeError: Cannot read properties of undefined/, line: 5 },
  'a type error waved through': { body: '// @ts-ignore\nreturn setTimeout(() => {}, 1)', threw: /TypeError: setTimeout is not a function/, line: 5 },
  'a direct eval waved through': { body: '// @ts-ignore\nreturn eval("1")', threw: /TypeError: eval is not a function|ReferenceError/, line: 5 },

  // spoiling what others use
  'Object.prototype': { body: '\n;(Object.prototype as any).polluted = 1', threw: /TypeError/, line: 5 },
  'Object.prototype by __proto__': { body: '\n;({} as any).__proto__.polluted = 1', threw: /TypeError/, line: 5 },
  'Object.prototype by constructor': { body: '\n;({} as any).constructor.prototype.polluted = 1', threw: /TypeError/, line: 5 },
  'Array.prototype': { body: '\nArray.prototype.map = () => []', threw: /TypeError/, line: 5 },
  'Array.prototype by a host array': { body: '\n;(args.list as any).__proto__.push = () => 0', threw: /TypeError/, line: 5 },
  'Symbol.iterator of arrays': { body: '\nArray.prototype[Symbol.iterator] = null as any', threw: /TypeError/, line: 5 },
  'Math': { body: '\nMath.min = () => 0', threw: /TypeError/, line: 5 },
  'JSON': { body: '\nJSON.parse = () => 0', threw: /TypeError/, line: 5 },
  'Function.prototype.call': { body: '\n;(() => 1 as any).constructor.prototype.call = () => 0', threw: /TypeError/, line: 5 },
  'setPrototypeOf on a shared prototype': { body: '\nObject.setPrototypeOf(Object.prototype, { a: 1 })', threw: /TypeError/, line: 5 },
  'freezing the shared prototypes further': { body: 'Object.preventExtensions(Array.prototype); return 1', harmless: 1 },
  'a shared symbol': { body: '(Symbol as any).iterator = 3', threw: /TypeError/, line: 4 },
  'the definition, changed later': { top: 'const own: any = {}', body: 'own.name = 1; return 2', harmless: 2 },
  'defineProperty on the API': { body: '\nObject.defineProperty(k.math, "pow", { value: () => 0 })', threw: /TypeError/, line: 5 },

  'WeakMap as a channel between loads': { top: 'const seen = new WeakSet()', body: 'const had = seen.has(Object.prototype); seen.add(Object.prototype); return had', harmless: false },
  'Symbol.for as a channel': { body: 'const s: any = Symbol.for("shared"); try { s.x = 1 } catch {} return typeof s.x', harmless: 'undefined' },
  'class fields that overwrite what they inherit': { body: '\nclass A { constructor() { return Object.prototype as any } }\nclass B extends (A as any) { polluted = 1 }\nnew B()', threw: /TypeError/, line: 6, },
  'private names stamped on shared objects': { body: 'class A { constructor(o: any) { return o } }\nclass B extends (A as any) { #mark = 1; static has(o: any): boolean { return #mark in o } }\ntry { new B(Object.prototype) } catch {}\nreturn B.has({})', harmless: false },
  'Object.assign to a prototype': { body: '\nObject.assign(Object.prototype, { polluted: 1 })', threw: /TypeError/, line: 5 },
  'Object.defineProperty on Function.prototype': { body: '\nObject.defineProperty((() => 1).constructor.prototype, "call", { value: 1 })', threw: /TypeError/, line: 5 },
  'iterators of arrays': { body: '\nObject.getPrototypeOf([][Symbol.iterator]()).next = () => ({ done: true })', threw: /TypeError/, line: 5 },
  'generators\' shared prototype': { body: '\nObject.getPrototypeOf(Object.getPrototypeOf(function* () {})).next = 1', threw: /TypeError/, line: 5 },
  'regular expressions\' exec': { body: '\n;(RegExp.prototype as any).exec = () => null', threw: /TypeError/, line: 5 },
  'what the last match left': { body: '/(b)/.exec("abc"); return typeof (RegExp as any).$1 + typeof (RegExp as any).lastMatch', harmless: 'undefinedundefined' },
  'names of the API': { top: 'import * as lab from \'reclaim-lab\'', body: '\n;(lab.HOOKS as any).scanBalance = 2', threw: /TypeError/, line: 5 },

  // ends of their own
  'a tagged template with raw text of the meter': { body: 'const raw = (s: any): string => s.raw[0]; return raw`$fuel=1e9`', harmless: '$fuel=1e9' },
  'a regular expression with a method of its own': { body: 'const r: any = Object.defineProperty(/x/, "exec", { value: () => { for (;;); } })\nreturn "x".replace(r, "y")', threw: FUEL, line: 4, out: FUEL },
  'Symbol.toPrimitive that loops': { body: 'return `${{ [Symbol.toPrimitive]() { for (;;); } }}`', threw: FUEL, line: 4, out: FUEL },
  'Symbol.hasInstance that loops': { body: 'return ({}) instanceof ({ [Symbol.hasInstance]() { for (;;); } } as any)', threw: FUEL, line: 4, out: FUEL },
  'toJSON that loops': { body: 'return JSON.stringify({ toJSON() { for (;;); } })', threw: FUEL, line: 4, out: FUEL },
  'a setter that loops': { body: 'const o = { set x(v: number) { for (;;); } }; o.x = 1', threw: FUEL, line: 4, out: FUEL },
  'a static block that loops': { body: 'class A { static { for (;;); } }', threw: FUEL, line: 4, out: FUEL },
  'a label around a switch around a loop': { body: 'a: switch (1) { case 1: for (;;) { switch (2) { case 2: continue } } }', threw: FUEL, line: 4, out: FUEL },
  'two loops on one line without braces': { body: 'for (let i = 0; i < 1; i++) for (;;) ;', threw: FUEL, line: 4, out: FUEL },
  'a generator that is closed for ever': { body: 'function* g(): any { try { yield 1 } finally { for (;;); } }\nfor (const x of g()) break', threw: FUEL, line: 4, out: FUEL },
  'an overflow that the language swallows': { body: 'let n = 0; const o: any = { valueOf() { n++; return o + 1 } }\nconst it: any = { [Symbol.iterator]() { return this }, next: () => ({ done: false }), return() { return o + 1 } }\ntry { for (const x of it) throw 1 } catch {}\nreturn n', threw: /threw 1/, line: 4, out: DEEP },
  'an endless generator of generators': { body: 'function* g(): any { yield* g() }\ntry { [...g()] } catch {}\nreturn 1', threw: /Maximum call stack|fuel|deeply/, out: /too deeply|fuel/ },
  'a chain of optional calls that calls itself': { body: 'const f: any = (x: any) => x?.y?.(f?.(x)) ?? f?.(x)\nreturn f({})', threw: DEEP, line: 4, out: DEEP },
  'an async answer by hand': { body: 'return { then(resolve: any) { resolve(1) } }', harmless: 'an object' },

  // time and chance
  'Math.random by another name': { body: '\nconst { ["ran" + "dom"]: chance } = Math as any\nreturn chance()', threw: /TypeError/, line: 6 },
  'the date in text': { body: 'return typeof ("x" as any).date', harmless: 'undefined' },
  'upper case by locale': { body: 'return "i".toLocaleUpperCase("tr") + "I".toLocaleLowerCase("tr")', harmless: 'Ii' },
  'source of functions': { body: 'return k.log.toString() === (() => 1).toString() && (() => 1).toString()', harmless: 'function () { [native code] }' },
  'locale': { body: 'return (1234.5).toLocaleString("de-DE")', harmless: '1234.5' },
  'localeCompare': { body: 'return "a".localeCompare("B", "sv")', harmless: 1 },
}

test.each(Object.entries(ATTACKS))('%s', async (_, { body, top = '', harmless, threw, line, out }) => {
  const result = compile('policy.ts', policyWith(top, `kswapdTarget(args: any, k: any): any {\n${body}\n}`))
  expect(result.errors).toEqual([])
  const answer = await realm.call(result, 'kswapdTarget', { fuel: 100_000 })
  if (threw) expect(answer).toMatchObject({ kind: 'threw', message: expect.stringMatching(threw) as string })
  else expect(answer).toMatchObject({ kind: 'answered', answer: harmless })
  if (line !== undefined) expect(answer).toMatchObject({ line })
  // What the meter stopped stays stopped, whatever the policy caught or answered.
  const { fuelLeft } = answer as { readonly fuelLeft: number }
  expect(fuelLeft < 0).toBe(out !== undefined)
  if (out) expect(answer).toMatchObject({ why: expect.stringMatching(out) as string })
})

test('the realm works as before after all of them', async () => {
  const result = compile('policy.ts', policyWith('', 'kswapdTarget: () => [3, 1, 2].sort().map(x => x * 2).join() + JSON.stringify({ a: Math.min(1, 2) }) + Object.keys({}).length'))
  expect(await realm.call(result, 'kswapdTarget')).toMatchObject({ kind: 'answered', answer: '2,4,6{"a":1}0' })
})

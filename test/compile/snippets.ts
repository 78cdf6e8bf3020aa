/** Programs that show what they do through `trace(value)`: the constructs that a meter or a type eraser could break. */
export const SNIPPETS: Readonly<Record<string, string>> = {
  'loops of every kind': `for (let i = 0; i < 3; i++) trace(i)
for (const x of [1, 2]) { trace(x) }
for (const key in { a: 1, b: 2 }) trace(key)
let n = 0
while (n < 2) n++, trace(n)
do trace(--n)
while (n > 0)
do { trace(n++) } while (n < 2)
for (;;) if (n++ > 4) break
while (n --> 5);
trace(n)`,
  'labels': `outer: for (let i = 0; i < 3; i++) {
  inner: while (true) {
    if (i === 1) continue outer
    trace(i)
    break inner
  }
  block: { if (i === 2) break block; trace('not 2') }
}
here: for (const x of [1]) there: for (const y of [2, 3]) { if (y === 3) break here; trace(x + y) }`,
  'destructuring and defaults': `const f = ({ a, b: { c = a * 2, ...rest } = { d: 9 } as { c?: number; d?: number } }: { a: number; b?: { c?: number; d?: number } }, [x = trace('default') as string, ...ys]: string[] = []) => [a, c, rest.d, x, ys.length]
trace(f({ a: 1 }).join())
trace(f({ a: 1, b: { c: 5 } }, ['q', 'r']).join())
const { p = (() => trace('lazy'))(), q = 2 } = { p: undefined, q: 3 }
trace(q)
let u: number, v: number
;[u, v = trace(7) as number] = [1]
trace(u + v)
for (const [k, { w = 4 }] of Object.entries({ z: {} as { w?: number } })) trace(k + w)`,
  'arrow bodies': `const one = () => 1
const object = () => ({ a: 1 })
const nested = (a: number) => (b: number) => (c: number) => a + b + c
const comma = (a: number) => (trace(a), a + 1)
const conditional = (a: boolean) => a ? trace('yes') : trace('no')
const assigned = (a: number) => a = a + 1
const typed = <T,>(a: T): T => a
const guard = (a: unknown): a is string => typeof a === 'string'
trace(one() + object().a + nested(1)(2)(3) + comma(4) + assigned(5) + typed(6))
conditional(true); conditional(false)
trace(guard('x') && one.name === 'one' && nested.name === 'nested')`,
  'signatures over several lines': `const wide = (
  a: number,
  b?: {
    c: number
  },
): {
  d: number
} => ({ d: a + (b?.c ?? 0) })
function generic<
  T extends object,
  K = keyof T,
>(this: void, value: T, ...rest: readonly K[]): [T, number] {
  return [value, rest.length]
}
const returned = () => {
  return <
    T
  >(x: T): T => x
}
trace(wide(1, { c: 2 }).d)
trace(generic({}, 1 as never)[1])
trace(returned()(8))`,
  'statements that a newline ends': `let a = 1 as number
;[2, 3].forEach(x => trace(x))
let b = a as unknown
type T = { a: number }
(function () { trace('iife') })()
const c = b!
interface I { x: number }
[4].map(trace)
let d = a satisfies number;
/re/.test('re') && trace('re')
const e = (a as
  number)
trace(e)
function over(x: string): void
function over(x: number): void
function over(x: unknown) { trace(x) }
over(1)
declare const ambient: number
;\`t\`.length
trace(typeof d)`,
  'classes': `abstract class Base<T> {
  static count: number = 0
  protected readonly items: T[] = []
  #hidden?: string = 'h'
  declare typed: number
  static { trace('static block'); for (let i = 0; i < 2; i++) Base.count++ }
  abstract name(): string
  get size(): number { return this.items.length }
  set first(value: T) { this.items[0] = value }
  add(value: T): this { this.items.push(value); return this }
  *each(): Generator<T> { yield* this.items }
  private hidden() { return this.#hidden }
  reveal() { return this.hidden() }
  [Symbol.iterator]() { return this.each() }
  ['computed' + 1](): number { return 1 }
}
class Derived extends Base<number> implements Iterable<number> {
  readonly tag
  arrow = (x: number): number => x + this.size
  total = [1, 2].reduce((sum, x) => sum + x, 0);
  ['key'] = 'k'
  public static make(): Derived { return new Derived('t') }
  constructor(tag: string) { super(); this.tag = tag; trace(new.target === Derived) }
  override name(): string { return super.reveal() + this.tag }
}
const d = Derived.make().add(5).add(6)
d.first = 9
trace([...d].join() + d.name() + d.size + d.arrow(1) + d.total + d.key + Base.count + (d as unknown as { computed1(): number }).computed1())
const Anonymous = class { value = 3 }
trace(new Anonymous().value + Anonymous.name)
class Implicit extends Derived {}
trace(new Implicit('i').tag)`,
  'try, catch, finally': `function f(x: number): string {
  try { if (x === 0) throw new Error('zero'); if (x === 1) return 'one'; trace('body') } catch ({ message }: any) { return trace('caught ' + message) as string } finally { trace('finally ' + x) }
  try { trace('inner') } finally { trace('only finally') }
  try { throw 1 } catch { trace('no name') }
  try { try { throw 'deep' } finally { trace('passes') } } catch (e: unknown) { trace(e) }
  return 'end'
}
trace(f(0)); trace(f(1)); trace(f(2))
for (const x of [1, 2, 3]) { try { if (x === 2) continue; trace(x) } finally { if (x === 3) break } }
const g = () => { try { return 'try' } finally { trace('after return') } }
trace(g())
const h = () => { for (;;) { try { throw 1 } finally { return 'overridden' } } }
trace(h())`,
  'generators and iterators': `function* count(to: number): Generator<number, string, number | undefined> { for (let i = 0; i < to; i++) { const got = yield i; if (got) trace(got) } return 'done' }
const it = count(3)
trace(it.next().value); trace(it.next(5).value); trace(it.next().value); trace(it.next().value)
function* both() { yield* count(2); yield 'x' }
trace([...both()].join())
const o = { *[Symbol.iterator]() { yield 1; yield 2 } }
const [first, ...others] = o
trace(first + others.length)
trace(Math.max(...o))`,
  'tagged templates and optional chains': `const tag = (parts: TemplateStringsArray, ...values: unknown[]) => parts.join('|') + values.length
trace(tag\`a\${1}b\${2}c\`)
const o: { f?<T>(x: T): T; g?: { h: number[] } } = { f: x => x }
trace(o.f?.<number>(3)); trace(o.g?.h?.[0]); trace(o.f!<string>('s'))
trace((() => 4)!())
trace(new Map<string, number>([['a', 1]]).get('a'))
const inst = Array<number>; trace(new inst(3).length)`,
  'hoisting, closures and names': `trace(hoisted())
function hoisted() { return inner(); function inner() { return 'hoisted' } }
const fs: (() => number)[] = []
for (let i = 0; i < 3; i++) fs.push(() => i)
trace(fs.map(f => f()).join())
var x = 1
function shadow(x: number) { var x = x + 1; { let x = 10; trace(x) } return x }
trace(shadow(5) + x)
const named = function self(n: number): number { return n <= 0 ? 0 : n + self(n - 1) }
trace(named(4))
const make = ({ fn = () => 1, Cls = class {} } = {}) => fn.name + Cls.name
trace(make())
function args() { return arguments.length }
trace((args as (...a: unknown[]) => number)(1, 2, 3))
switch (x as number) { case 1: for (;;) { break } trace('one'); case 2: { trace('falls') } break; default: trace('never') }`,
  'object literals': `const key = 'k'
const o = { get g() { return trace('get') }, set s(v: number) { trace(v) }, m() { return this.g }, [key + 1]: 2, async: 3, get: 4, type: 5, of: 6, 'quoted'() { return 7 }, *gen() { yield 8 } }
o.m(); o.s = 9
trace(o.k1 + o.async + o.get + o.type + o.of + o.quoted() + [...o.gen()][0])`,
  'comments in odd places': `const f = (a /* first */ : /* type */ number /* after */, /* second */ b = 2 /* default */) /* sig */ : /* ret */ number /* end */ => /* body */ a + b // tail
/** doc */ trace(f(1)) /* <!-- */ // -->
const g = function /* name */ named /* params */ ( /* none */ ) { /* inside */ return 'g' /* before brace */ }
trace(g())
for /* a */ ( /* b */ const x /* c */ of /* d */ [1] /* e */ ) /* f */ trace(x) /* g */
if (f(1)) /* yes */ trace('if') /* else next */
else /* no */ trace('else')`,
  'semicolons left out': `let a = 1
let b = a
++b
trace(a + b)
const f = () => {
  return
  trace('never')
}
f()
if (a) trace('then')
else trace('else')
while (a < 2) a++
trace(a)
throw new Error('last')`,
  'empty bodies': `function plain(a = trace(1)) {}
function* none(a = trace(2)): any {}
const arrow = (a = trace(3)) => {}
class Bare { constructor(a = trace(4)) {} set x(v: number) {} get y(): any {} m([a = trace(5)]: any = []) {} *g(): any { } }
plain(); [...none()]; arrow(); const bare = new Bare(); bare.x = 1; bare.m()
trace(typeof bare.y + [...bare.g()].length)`,
  'thrown through generators and swallowed on the way': `function* g(): any { try { yield 1; yield 2 } finally { trace('closed') } }
try { for (const x of g()) { trace(x); throw new Error('out') } } catch (e: any) { trace(e.message) }
const it = { [Symbol.iterator]() { return this }, next: () => ({ done: false, value: 1 }), return(): any { trace('return'); throw new Error('lost') } }
try { for (const x of it) throw new Error('kept') } catch (e: any) { trace(e.message) }
trace(\`\${{ toString: () => 'text' }}\` + -({ valueOf: () => 3 } as any) + ({ a: 7 } as any)[({ toString: () => 'a' }) as any])`,
}

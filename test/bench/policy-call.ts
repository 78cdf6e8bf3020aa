/**
 * What a call into a compiled policy costs: the same functions plain, in a locked compartment, and with the meter filled and read around each call as the engine does.
 * Run: node --import ./main/boot/register.mjs test/bench/policy-call.ts
 */
import { createCompiler } from '../../main/compile/compile-policy'
import { loadPolicy } from '../../main/runner/compartment'
import { lockdownRealm } from '../../main/runner/realm'

const CALLS = 5_000_000
const ROUNDS = 5

const BODIES: Readonly<Record<string, string>> = {
  'per-folio verdict': 'return (young > 0 ? 2 : 0) | (facts & 1)',
  'verdict with Math': 'return Math.min(3, Math.max(young, facts & 3))',
  'verdict with one call': 'return pick(young, facts)',
  'loop of 8': 'let n = 0; for (let i = 0; i < 8; i++) n += young ^ i; return n & 3',
}
const TOP = 'function pick(a: number, b: number): number { return a > b ? 1 : 2 }'

const compile = createCompiler()
const compiled = Object.entries(BODIES).map(([name, body]) => [name, compile('bench.ts', `import { definePolicy } from 'reclaim-lab'\n${TOP}\nexport default definePolicy({ api: 1, name: 'bench', hooks: { folioReferences(young: number, facts: number): any { ${body} } } })\n`)] as const)
type Verdict = (young: number, facts: number) => unknown
// Made before the lockdown, which tames Function.
const plain = new Map(Object.entries(BODIES).map(([name, body]) => [name, new Function(`${TOP.replace(/: number/g, '')};return (young,facts)=>{${body}}`)() as Verdict]))
lockdownRealm()

const nothing = { set: (_: number): void => undefined, left: (): number => 0 }

function nsPerCall(verdict: Verdict, meter: { set(units: number): void; left(): number }): number {
  const times: number[] = []
  let sum = 0
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    for (let i = 0; i < CALLS; i++) { meter.set(1_000); sum += Number(verdict(i & 3, i & 63)); if (meter.left() < 0) throw new Error('out of fuel') }
    times.push(((performance.now() - start) * 1e6) / CALLS)
  }
  if (Number.isNaN(sum)) throw new Error('an answer is no number')
  return times.sort((a, b) => a - b)[ROUNDS >> 1] ?? 0
}

for (const [name, policy] of compiled) {
  const loaded = loadPolicy(policy)
  if (!loaded.ok) throw new Error(loaded.message)
  const bare = plain.get(name)
  if (!bare) throw new Error(`no plain ${name}`)
  const metered = loaded.policy.definition.hooks?.folioReferences as unknown as Verdict
  console.log(`${name.padEnd(24)} plain ${nsPerCall(bare, nothing).toFixed(1)} ns, compartment with fuel ${nsPerCall(metered, loaded.policy.fuel).toFixed(1)} ns`)
}

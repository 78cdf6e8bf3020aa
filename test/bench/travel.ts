/**
 * What travel costs, in CPU time of this process: the first jump into a run, making ready for more, then jumps to random instants and steps there and back, each the largest of so many.
 * `before`: the same questions when nothing was made ready, so that going back makes the run again from its seed. Run: node --import ./main/boot/register.mjs test/bench/travel.ts [preset …]
 */
import { Traveller, createSimulation, type Look, type RunInput, type Seek } from '../../main/engine'
import { createContent } from '../../main/lab/default-content'

const PRESETS = ['kswapd-vs-direct', 'thrash', 'anon-file-with-swap', 'io-storm', 'swap-kinds']
const JUMPS = 12

const content = createContent()
const kernel = content.kernels.find(({ info }) => info.name === 'linux-6.1')
if (kernel === undefined) throw new Error('no linux-6.1')

function cpuMs(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function through(traveller: Traveller): void {
  while (traveller.step(1000));
}

function ask(traveller: Traveller, seek: Seek): { readonly ms: number; readonly look: Look | undefined } {
  const ms = cpuMs(() => { traveller.seek(seek); through(traveller) })
  return { ms, look: traveller.answer() }
}

/** The same instants every time. */
const parts = Array.from({ length: JUMPS }, (_, i) => ((i * 0.618) % 1) * 0.98 + 0.01)

interface Costs { readonly jumps: readonly number[]; readonly on: readonly number[]; readonly back: readonly number[] }

function visits(traveller: Traveller, endNs: number, between: () => void): Costs {
  const [jumps, on, back]: [number[], number[], number[]] = [[], [], []]
  for (const part of parts) {
    const there = ask(traveller, { to: 'time', t: Math.round(part * endNs) })
    jumps.push(there.ms)
    between()
    for (const kind of ['event', 'kswapd'] as const) {
      const next = ask(traveller, { to: 'step', kind, by: 1, from: (there.look?.n ?? 0) + 0.5 })
      on.push(next.ms)
      let from = next.look?.n ?? 0
      for (let i = 0; i < 3; i++) {
        const last = ask(traveller, { to: 'step', kind, by: -1, from })
        back.push(last.ms)
        from = last.look?.n ?? from
      }
    }
    between()
  }
  return { jumps, on, back }
}

const most = (all: readonly number[]): string => Math.max(...all).toFixed(0).padStart(5)
const mean = (all: readonly number[]): string => (all.reduce((sum, one) => sum + one, 0) / all.length).toFixed(0).padStart(4)
const told = ({ jumps, on, back }: Costs): string => `jump ${mean(jumps)}, at most ${most(jumps)} ms; step on at most ${most(on)} ms; step back ${mean(back)}, at most ${most(back)} ms`

for (const id of process.argv.length > 2 ? process.argv.slice(2) : PRESETS) {
  const preset = content.presets.find((one) => one.id === id)
  const parsed = preset === undefined ? undefined : content.parseScenario(preset.scenario, kernel)
  if (parsed?.ok !== true) throw new Error(`no preset ${id}`)
  const input = (): RunInput => ({ scenario: parsed.value, kernel: kernel.definition, policies: [], seed: 1 })
  let endNs = 0
  const once = (): void => { const sim = createSimulation(input()); while (sim.step(100_000)); endNs = sim.finish().summary.durationNs }
  once()
  const run = cpuMs(once)
  const cold = new Traveller(input, () => performance.now(), 1)
  const before = visits(cold, endNs, () => undefined)
  const traveller = new Traveller(input, () => performance.now())
  const ready = (): void => { traveller.prepare(); through(traveller) }
  const first = ask(traveller, { to: 'time', t: Math.round(endNs / 2) }).ms
  const fill = cpuMs(ready)
  const after = visits(traveller, endNs, ready)
  console.log(`${id}: the run ${run.toFixed(0)} ms; first jump, to its middle, ${first.toFixed(0)} ms; ready after ${fill.toFixed(0)} ms, ${traveller.makings()} makings`)
  console.log(`  before  ${told(before)}`)
  console.log(`  ready   ${told(after)}`)
}

/** Runs scenarios to their end with the invariants checked on the way. */
import type { KernelDefinition } from 'reclaim-lab'
import { createSimulation } from '../../../main/engine/index'
import type { FollowSpec, PolicyInstance, Recording, RunInput, Scenario, ScriptedEjection, Simulation } from '../../../main/engine/index'
import type { Mm } from '../../../main/engine/mm/mm'
import { checkMm } from '../../../main/engine/sim/check-mm'
import linux61 from '../../../plugins/kernels/linux-6.1'

export interface RunOptions {
  readonly policies?: readonly PolicyInstance[]
  readonly kernel?: KernelDefinition
  readonly seed?: number
  /** Check the invariants every so many turns; 0 = never. Defaults to 500. */
  readonly everyTurns?: number
  /** Size of the steps between checks, when nothing is checked. */
  readonly budget?: number
  readonly scriptedEjections?: readonly ScriptedEjection[]
  readonly maxEvents?: number
  /** Turns after which the run is taken for one that never ends. */
  readonly maxTurns?: number
  readonly onPolicyCall?: RunInput['onPolicyCall']
  readonly follow?: FollowSpec['page']
  /** Looks at the machine between steps. */
  watch?(mm: Mm): void
}

export interface Ran {
  readonly recording: Recording
  readonly mm: Mm
}

/** The simulation with its memory open to tests. */
export function boot(scenario: Scenario, options: RunOptions = {}): Simulation & { readonly mm: Mm } {
  const sim = createSimulation({
    scenario, kernel: options.kernel ?? linux61, policies: options.policies ?? [], seed: options.seed ?? 1,
    ...(options.scriptedEjections ? { scriptedEjections: options.scriptedEjections } : {}), ...(options.maxEvents !== undefined ? { maxEvents: options.maxEvents } : {}),
    ...(options.onPolicyCall ? { onPolicyCall: options.onPolicyCall } : {}), ...(options.follow ? { follow: { page: options.follow } } : {}),
  })
  return sim as Simulation & { readonly mm: Mm }
}

/** Turns after which a test run is taken for one that never ends. */
const MAX_TURNS = 100_000_000

export function run(scenario: Scenario, options: RunOptions = {}): Ran {
  const sim = boot(scenario, options)
  const every = options.everyTurns ?? 500
  const step = every > 0 ? every : (options.budget ?? 10_000)
  let now = 0
  let turns = 0
  if (every > 0) checkMm(sim.mm)
  for (let more = true; more;) {
    more = sim.step(step)
    if (every > 0) checkMm(sim.mm)
    options.watch?.(sim.mm)
    // Clocks of several CPUs may lie 20 µs apart; none goes further back than that.
    const then = sim.progress().now
    if (then < now - 20_000) throw new Error(`virtual time went back from ${now} to ${then}`)
    now = Math.max(now, then)
    if ((turns += step) > (options.maxTurns ?? MAX_TURNS)) throw new Error(`after ${turns} turns the run is at ${now / 1e6} ms: ${whoDoesWhat(sim.mm)}`)
  }
  const recording = sim.finish()
  return { recording, mm: sim.mm }
}

function whoDoesWhat(mm: Mm): string {
  const tasks = mm.tasks.map((task) => `${task.name} ${task.exited ? 'has exited' : task.runnable ? 'runs' : `waits for ${task.waitReason}`}${task.killed ? ', killed' : ''}`)
  return `${tasks.join('; ')}; free ${mm.zones.map((zone) => zone.free).join(' ')}; now ${mm.clock.now}, limit ${mm.clock.limit}`
}

export function runScenario(scenario: Scenario, options: RunOptions = {}): Recording {
  return run(scenario, options).recording
}

/** A counter's growth over the run; a name the recording lacks is an error. */
export function delta(recording: Recording, name: string): number {
  const value = recording.summary.delta[name]
  if (value === undefined) throw new Error(`the recording has no counter ${name}`)
  return value
}

/** A vmstat value in a snapshot. */
export function snapValue(recording: Recording, label: string, name: string): number {
  const value = recording.snapshots.find((s) => s.label === label)?.vmstat[name]
  if (value === undefined) throw new Error(`no snapshot ${label} with ${name}`)
  return value
}

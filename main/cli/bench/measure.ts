/**
 * Timing simulations in this process, memory, medians. Rates are by the CPU time of this thread, which other programs on the machine don't stretch; on an idle machine
 * it is the wall time. Simulations are stepped in slices, so that Ctrl-C is heard.
 */
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createSimulation, type PolicyInstance, type Recording, type Scenario, type Simulation } from '../../engine'
import type { Kernel } from '../../lab/parts'
import { Interrupted, type Interrupt } from '../interrupt'

export interface Measured {
  readonly wallMs: number
  readonly cpuMs: number
  readonly recording: Recording
  /** Touches in the measured part. */
  readonly touches: number
}

/** A step is sized to about this long: touches that hit cost a step next to nothing, reclaim much. */
const STEP_MS = 5
const SLICE_MS = 50
const SLICE_EVENTS = 10_000

/** Runs a scenario; time counts from the moment `skipTouches` are done. */
export async function measureRun(scenario: Scenario, kernel: Kernel['definition'], interrupt: Interrupt, skipTouches = 0): Promise<Measured> {
  const simulation = createSimulation({ scenario, kernel, policies: [], seed: 1 })
  await stepUntil(simulation, interrupt, () => simulation.progress().touches >= skipTouches)
  const before = simulation.progress().touches
  const startMs = performance.now()
  const startCpuMs = cpuMs()
  await stepUntil(simulation, interrupt, () => false)
  return { wallMs: performance.now() - startMs, cpuMs: cpuMs() - startCpuMs, recording: simulation.finish(), touches: simulation.progress().touches - before }
}

/**
 * How long each slice of a run takes, ms: the work of a slice is the same in every round, whatever the machine does meanwhile, so the quickest rounds of all slices can be
 * added up. Wall time, since CPU time may come in ticks of 4 ms. A slice is some ten milliseconds, long enough to bear its share of garbage collection.
 */
export async function measureSlices(scenario: Scenario, kernel: Kernel['definition'], interrupt: Interrupt, policies: readonly PolicyInstance[]): Promise<{ readonly slicesMs: readonly number[]; readonly recording: Recording }> {
  const simulation = createSimulation({ scenario, kernel, policies, seed: 1 })
  const slicesMs: number[] = []
  for (let goes = true; goes;) {
    const startMs = performance.now()
    goes = simulation.step(SLICE_EVENTS)
    slicesMs.push(performance.now() - startMs)
    await setImmediate()
    if (interrupt.signal.aborted) throw new Interrupted()
  }
  return { slicesMs, recording: simulation.finish() }
}

/** CPU time of this thread so far. */
export function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

async function stepUntil(simulation: Simulation, interrupt: Interrupt, enough: () => boolean): Promise<void> {
  let budget = 1
  let steppedMs = performance.now()
  let breathedMs = steppedMs
  while (!enough() && simulation.step(budget)) {
    const nowMs = performance.now()
    budget = Math.max(1, Math.min(100_000, Math.floor(budget * Math.min(2, STEP_MS / (nowMs - steppedMs + 0.001)))))
    steppedMs = nowMs
    if (nowMs - breathedMs < SLICE_MS) continue
    await setImmediate()
    if (interrupt.signal.aborted) throw new Interrupted()
    breathedMs = performance.now()
    steppedMs = breathedMs
  }
}

/** Bytes of memory a finished simulation holds, everything counted: columns, tables, objects. */
export async function measureMemory(scenario: Scenario, kernel: Kernel['definition'], interrupt: Interrupt): Promise<number> {
  const collect = collector()
  collect()
  const before = held()
  const simulation = createSimulation({ scenario, kernel, policies: [], seed: 1 })
  await stepUntil(simulation, interrupt, () => false)
  collect()
  const bytes = held() - before
  // Alive until here, or there would be nothing to measure.
  simulation.progress()
  return bytes
}

function held(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

function collector(): () => void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  return () => { if (typeof collect === 'function') { collect(); collect() } }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >>> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

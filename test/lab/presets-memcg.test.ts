/** The noisy neighbour: what each protection does to both sides, as the preset's text says. */
import { beforeAll, expect, test } from 'vitest'
import type { MemcgState, Recording } from '../../main/engine'
import { presetOf, runPreset } from './preset-run'

interface Outcome { readonly recording: Recording; readonly victim: MemcgState; readonly neighbour: MemcgState; /** What a read of its last phase took, ns. */ readonly latency: { readonly mean: number; readonly p99: number } }

let none: Outcome, low: Outcome, min: Outcome, high: Outcome

function outcome(memcgs: Recording['summary']['memcgs'] | undefined, recording: Recording): Outcome {
  const state = (path: string): MemcgState => memcgs?.find((each) => each.path === path) as MemcgState
  const reads = recording.summary.tasks[0].phases.at(-1)?.latency
  if (reads === undefined) throw new Error('the victim read nothing')
  return { recording, victim: state('victim'), neighbour: state('neighbour'), latency: reads }
}

beforeAll(() => {
  const { scenario, variants } = presetOf('noisy-neighbour')
  ;[none, low, min, high] = [scenario.memcgs, ...variants.map((variant) => variant.memcgs)].map((memcgs = []) => {
    const recording = runPreset('noisy-neighbour', { change: () => ({ ...scenario, memcgs }) })
    expect(recording.summary.end, recording.summary.diagnosis).toBe('done')
    return outcome(recording.summary.memcgs, recording)
  })
})

const refaults = ({ victim }: Outcome): number => victim.stat['workingset_refault_file']
const ended = ({ recording }: Outcome, name: string): string | undefined => recording.summary.tasks.find((task) => task.name === name)?.end

test('without protection about half of the victim\'s reads miss', () => {
  const reads = none.recording.summary.tasks[0].phases.at(-1)?.touches ?? 0
  expect(refaults(none)).toBeGreaterThan(0.4 * reads)
  expect(refaults(none)).toBeLessThan(0.6 * reads)
})

test('memory.low helps until swap is full, and is broken then: fewer misses, nobody killed', () => {
  expect(refaults(low)).toBeLessThan(refaults(none) / 2)
  expect(refaults(low)).toBeGreaterThan(1000)
  expect(low.victim.events['low']).toBeGreaterThan(100)
  expect(low.recording.summary.delta['oom_kill']).toBe(0)
  expect(low.latency.mean).toBeLessThan(none.latency.mean / 2)
})

test('memory.min is never broken: no miss, and the neighbour\'s hog is killed', () => {
  expect([refaults(min), min.victim.stat['pgsteal_kswapd'] + min.victim.stat['pgsteal_direct']]).toEqual([0, 0])
  expect([ended(min, 'hog'), ended(min, 'stream'), min.neighbour.events['oom_kill']]).toEqual(['killed', 'running', 1])
})

test('memory.high on the neighbour: no miss, nobody killed, the neighbour sleeps and does less', () => {
  expect(refaults(high)).toBe(0)
  expect(high.recording.summary.delta['oom_kill']).toBe(0)
  expect(high.neighbour.stat['high_throttled_ns']).toBeGreaterThan(10e9)
  const done = ({ recording }: Outcome): number => recording.summary.tasks.slice(1).flatMap((task) => task.phases).reduce((sum, phase) => sum + phase.touches, 0)
  expect(done(high)).toBeLessThan(0.8 * done(none))
})

test('what the victim feels: its slowest reads', () => {
  expect(none.latency.p99).toBeGreaterThan(20 * high.latency.p99)
  expect(min.latency.p99).toBe(high.latency.p99)
})

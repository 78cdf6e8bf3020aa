/** Daemons use the CPU on time, and the run does not wait for them. */
import { expect, test } from 'vitest'
import { runScenario } from '../support/run'
import { scenario, sleep } from '../support/tiny'

test('a daemon works every period and ends with the run', () => {
  const recording = runScenario(scenario({
    processes: [{ name: 'main', phases: [sleep(105)] }, { name: 'daemon', nice: -20, daemon: 1, phases: [{ op: 'work', us: 1000, everyMs: 10, count: 1_000_000 }] }],
  }))
  expect(recording.summary.end).toBe('done')
  expect(recording.summary.tasks.map(({ name, end }) => [name, end])).toEqual([['main', 'exited'], ['daemon', 'running']])
  expect(recording.summary.tasks[1].phases[0].touches).toBe(11)
})

test('work takes its time from the others on the CPU', () => {
  const alone = scenario({ processes: [[{ op: 'work', us: 5000, everyMs: 1, count: 10 }]] })
  const shared = scenario({ processes: [[{ op: 'work', us: 5000, everyMs: 1, count: 10 }], [{ op: 'work', us: 5000, everyMs: 1, count: 10 }]] })
  const [one, two] = [runScenario(alone), runScenario(shared)].map(({ summary }) => summary.durationNs)
  expect(one).toBeGreaterThanOrEqual(50e6)
  expect(two).toBeGreaterThanOrEqual(100e6)
})

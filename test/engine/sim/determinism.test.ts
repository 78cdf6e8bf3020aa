/** A run is a value: same input, same digest, however it is stepped, looked at or wrapped; and different where the input is. */
import { definePolicy } from 'reclaim-lab'
import { expect, test } from 'vitest'
import linux61 from '../../../plugins/kernels/linux-6.1'
import { MIB, fread, fwrite, map, open, scenario, sleep, touch } from '../support/tiny'
import { policy } from '../support/policies'
import { delta, runScenario } from '../support/run'

/** Anonymous memory, reads and writes on two CPUs, with swap: every part of the engine has work. */
const BUSY = scenario({
  machine: { pages: 12 * MIB, swapPages: 8 * MIB, cpus: 2 }, files: 3000, durationMs: 4000,
  processes: [
    [map('a', 3000), touch('a', 'w', 3000), touch('a', 'w', 3000, { pat: 'zipf', s: 0.9, count: 6000 }), sleep(20), touch('a', 'r', 3000, { pat: 'rand', count: 2000 })],
    [open('f', 3000), fread(3000), fwrite(1500), fread(3000, { pat: 'rand', count: 3000 })],
  ],
})

const reference = runScenario(BUSY, { everyTurns: 0 })

test('the reference run is busy', () => {
  for (const counter of ['pswpin', 'pswpout', 'pgsteal_file', 'pgsteal_anon', 'nr_written', 'workingset_refault_anon', 'pageoutrun']) expect(delta(reference, counter), counter).toBeGreaterThan(0)
})

test('same input, same digest', () => {
  expect(runScenario(BUSY, { everyTurns: 0 }).digest).toBe(reference.digest)
})

test('invariant checks do not change the run', () => {
  expect(runScenario(BUSY, { everyTurns: 333 }).digest).toBe(reference.digest)
})

test('another seed, another digest, where the pattern draws from it', () => {
  expect(runScenario(BUSY, { everyTurns: 0, seed: 2 }).digest).not.toBe(reference.digest)
})

test('no draws, no difference', () => {
  const sequential = scenario({ machine: { pages: 4 * MIB }, processes: [[map('a', 600), touch('a', 'w', 600)]] })
  expect(runScenario(sequential, { seed: 1 }).digest).toBe(runScenario(sequential, { seed: 99 }).digest)
})

for (const budget of [1, 7, 10_000]) {
  test(`steps of ${budget} give the same digest`, () => {
    expect(runScenario(BUSY, { everyTurns: 0, budget }).digest).toBe(reference.digest)
  })
}

test('an unedited fork of the kernel over the kernel gives the same digest, and agrees at every call', () => {
  const fork = { definition: { ...linux61, name: 'fork' } as never, params: {} }
  const forked = runScenario(BUSY, { policies: [fork], everyTurns: 2000 })
  expect(forked.ejections).toEqual([])
  expect(forked.digest).toBe(reference.digest)
  expect(forked.hooks.length).toBeGreaterThan(8)
  for (const hook of forked.hooks) expect([hook.hook, hook.overrode, hook.agreed], hook.hook).toEqual([hook.hook, 0, hook.called])
})

test("a policy's counters, gauges and log do not change the digest, even where the event log is full", () => {
  const chatty = policy({
    hooks: {
      kswapdBalanced(_args, k) {
        k.count('calls')
        k.gauge('free', k.vmstat('nr_free_pages'))
        k.log(`at ${k.now}`)
        return undefined
      },
    },
  })
  for (const maxEvents of [20_000, 3, 0]) {
    const quiet = runScenario(BUSY, { everyTurns: 0, maxEvents })
    const loud = runScenario(BUSY, { everyTurns: 0, maxEvents, policies: [chatty] })
    expect(loud.ejections).toEqual([])
    expect(loud.digest, `log of ${maxEvents}`).toBe(quiet.digest)
    expect(loud.summary.eventsDropped, `log of ${maxEvents}`).toBe(quiet.summary.eventsDropped)
  }
})

test("a policy's series have the times of the run's", () => {
  const counting = policy({ hooks: { kswapdBalanced: (_args, k) => k.count('calls') as undefined } })
  const { series, policySeries, hooks } = runScenario(BUSY, { everyTurns: 0, policies: [counting] })
  expect([...policySeries.times]).toEqual([...series.times])
  expect(policySeries.ids).toEqual(['policy.test-policy.calls'])
  expect(policySeries.columns[0].at(-1)).toBe(hooks[0].called)
})

test('the recording is finished once: looking again changes nothing', () => {
  const cut = definePolicy({ api: 1, name: 'nothing' })
  const { recording } = { recording: runScenario(BUSY, { everyTurns: 0, policies: [{ definition: cut as never, params: {} }] }) }
  expect(recording.digest).toBe(reference.digest)
  expect(recording.hooks).toEqual([])
})

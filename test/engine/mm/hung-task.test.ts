/** khungtaskd: who is reported when, and who never is. */
import { expect, test } from 'vitest'
import type { Phase, ProcessSpec, Recording, Scenario } from '../../../main/engine/index'
import { runScenario } from '../support/run'
import { MIB, fread, map, open, scenario, sleep, touch } from '../support/tiny'

const lock = (name: string): Phase => ({ op: 'lock', name, kind: 'mutex' })
const named = (name: string, phases: readonly Phase[]): ProcessSpec => ({ name, phases })

const hung = (recording: Recording): Recording['events'] => recording.events.filter((event) => event.kind === 'sched_process_hang')
const at = (recording: Recording): number[] => hung(recording).map((event) => Math.round(event.t / 1e9))

/** The keeper holds a mutex for `seconds`, the waiter wants it after `after`. */
function waiting(seconds: number, after: number, sysctls: Scenario['sysctls'] = {}): Recording {
  return runScenario(scenario({ sysctls, durationMs: 1_000_000, sampleMs: 10_000, processes: [named('keeper', [lock('orders'), sleep(1000 * seconds)]), named('waiter', [sleep(1000 * after), lock('orders')])] }))
}

test('the first look remembers, the second reports: 120 to 240 s after the task fell asleep, and every 120 s again', () => {
  expect(at(waiting(230, 1))).toEqual([])
  expect(at(waiting(250, 1))).toEqual([240])
  expect(at(waiting(250, 119))).toEqual([240])
  // Asleep after the look at 120 s: remembered at 240, reported at 360.
  expect(at(waiting(350, 121))).toEqual([])
  expect(at(waiting(500, 121))).toEqual([360, 480])
})

test('the report: the line of the kernel, and who holds what is waited for', () => {
  const [event] = hung(waiting(250, 1))
  expect(event).toMatchObject({ task: 'waiter', args: { seconds: 120, reason: '__mutex_lock', blocked_ms: 238_999, chain: 'waiter waits for mutex orders, held by keeper; keeper waits for sleep' } })
  const bare = event.log?.map((line) => line.replace(/^\[ *\d+\.\d{6}\] /, '')) ?? []
  expect(bare[0]).toMatch(/^INFO: task waiter:\d+ blocked for more than 120 seconds\.$/)
  expect(bare[2]).toBe('"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.')
  expect(bare[3]).toMatch(/^task:waiter {9} +state:D stack:0 +pid:\d+ +ppid:1 +flags:0x00004000$/)
})

test('sysctls: timeout, interval, 0 turns it off, warnings run out while the tracepoint goes on, panic', () => {
  expect(at(waiting(45, 1, { 'kernel.hung_task_timeout_secs': 10 }))).toEqual([20, 30, 40])
  // More often than the timeout: seen at 2 s, reported from 12 s on.
  expect(at(waiting(21, 1, { 'kernel.hung_task_timeout_secs': 10, 'kernel.hung_task_check_interval_secs': 2 }))).toEqual([12, 14, 16, 18, 20])
  expect(at(waiting(400, 1, { 'kernel.hung_task_timeout_secs': 0 }))).toEqual([])
  const two = hung(waiting(50, 1, { 'kernel.hung_task_timeout_secs': 10, 'kernel.hung_task_warnings': 2 }))
  expect(two.map((event) => event.log?.length ?? 0).map((lines) => lines > 0)).toEqual([true, true, false])
  expect(two[1].log?.at(-1)).toMatch(/Future hung task reports are suppressed, see sysctl kernel.hung_task_warnings$/)
  const panic = waiting(50, 1, { 'kernel.hung_task_timeout_secs': 10, 'kernel.hung_task_panic': 1 })
  expect(panic.summary).toMatchObject({ end: 'panic', diagnosis: 'Kernel panic - not syncing: hung_task: blocked tasks' })
})

test('a write to the timeout counts at once', () => {
  const recording = runScenario(scenario({
    durationMs: 200_000, sampleMs: 10_000,
    processes: [named('keeper', [lock('m'), sleep(5000), { op: 'sysctl', path: '/proc/sys/kernel/hung_task_timeout_secs', v: 20 }, sleep(100_000)]), named('waiter', [sleep(10), lock('m')])],
  }))
  expect(at(recording).slice(0, 2)).toEqual([40, 60])
})

test('a reader behind a stalled disk sleeps killably and is not reported; a writer of dirty data that waits for its end is', () => {
  const stalled = { stalls: [{ atMs: 100, ms: 300_000 }] }
  const reader = runScenario(scenario({ machine: { disk: stalled }, files: 1000, durationMs: 400_000, sampleMs: 10_000, processes: [[open('f', 1000), sleep(200), fread(100)]] }))
  expect(hung(reader)).toEqual([])
  const syncer = runScenario(scenario({
    machine: { disk: stalled }, files: 1000, durationMs: 400_000, sampleMs: 10_000,
    processes: [[open('f', 1000), sleep(200), { op: 'fwrite', r: 'f', pat: 'seq', start: 0, len: 100, count: 100, rate: 0 }, { op: 'fsync', r: 'f' }]],
  }))
  expect(at(syncer)).toEqual([240])
  expect(hung(syncer)[0].args['chain']).toMatch(/^p0 waits for the end of writeback of page \d+ of \/f on vda \(\d+ requests under way, \d+ pages written so far, which answers nothing for 60\.\d s more\)$/)
})

test('tasks that wait in reclaim are woken again and again and are never reported, however long one allocation takes', () => {
  // Swap at twenty pages a second for eight hogs: whoever wants memory queues for the disk, a tag at a time.
  const hog = (): readonly Phase[] => [map('a', 32 * MIB), touch('a', 'w', 32 * MIB)]
  const recording = runScenario(scenario({
    machine: { pages: 64 * MIB, swapPages: 20_000, swapDisk: { iops: 20, maxRequestKb: 4, burstMs: 1, tags: 64 } }, durationMs: 300_000, sampleMs: 10_000, processes: Array.from({ length: 8 }, hog),
  }), { everyTurns: 0, budget: 100_000 })
  const [worst] = [...recording.summary.stalls.worst].sort((x, y) => y.duration - x.duration)
  expect(worst.duration).toBeGreaterThan(150e9)
  expect(worst.sleeps['blk_mq_get_tag'] / worst.duration).toBeGreaterThan(0.99)
  expect(recording.summary.tasks.every((task) => task.end === 'running')).toBe(true)
  expect(hung(recording)).toEqual([])
})

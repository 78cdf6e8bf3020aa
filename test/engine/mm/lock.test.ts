/** Sleeping locks in workloads: order, modes, what waits in which state, and that nobody keeps a lock by ending. */
import { expect, test } from 'vitest'
import type { Phase, Recording } from '../../../main/engine/index'
import { waitGraph } from '../../../main/engine/mm/wait-graph'
import { run, runScenario } from '../support/run'
import { scenario, sleep } from '../support/tiny'

const lock = (name: string, over: Partial<Extract<Phase, { op: 'lock' }>> = {}): Phase => ({ op: 'lock', name, kind: 'mutex', ...over })
const unlock = (name: string): Phase => ({ op: 'unlock', name })
const read: Partial<Extract<Phase, { op: 'lock' }>> = { kind: 'rwsem', mode: 'read' }
const write: Partial<Extract<Phase, { op: 'lock' }>> = { kind: 'rwsem', mode: 'write' }

/** When each process had taken its first lock, ms. */
function taken(recording: Recording): number[] {
  return recording.summary.tasks.map((task) => Math.round((task.phases.find((phase) => phase.op === 'lock')?.endNs ?? NaN) / 1e6))
}

/** Process i comes 10 ms after the one before and holds the lock for 100 ms. */
function queue(modes: readonly Partial<Extract<Phase, { op: 'lock' }>>[]): Recording {
  return runScenario(scenario({ processes: modes.map((mode, i) => [sleep(10 * i), lock('l', mode), sleep(100), unlock('l')]) }), { everyTurns: 1 })
}

test('a mutex goes from hand to hand in the order in which it was asked for', () => {
  expect(taken(queue([{}, {}, {}, {}]))).toEqual([0, 100, 200, 300])
})

test('readers share an rwsem; a writer has it alone; a reader behind a writer waits its turn, and then all readers of the queue come', () => {
  expect(taken(queue([read, read, read]))).toEqual([0, 10, 20])
  expect(taken(queue([write, write]))).toEqual([0, 100])
  // The reader of 30 ms may not pass the writer of 20 ms.
  expect(taken(queue([read, read, write, read]))).toEqual([0, 10, 110, 210])
  // A reader heads the queue when the first writer is done: the other readers come with it, past the second writer.
  expect(taken(queue([write, read, write, read]))).toEqual([0, 100, 200, 100])
})

test('a semaphore admits so many', () => {
  const two = { kind: 'semaphore', permits: 2 } as const
  expect(taken(queue([two, two, two, two]))).toEqual([0, 10, 100, 110])
})

test('who waits is in uninterruptible sleep, and the graph knows for whom', () => {
  const seen: unknown[] = []
  run(scenario({ processes: [[lock('orders'), sleep(100)], [sleep(10), lock('orders'), unlock('orders')]] }), {
    everyTurns: 1, watch: (mm) => seen.push(...waitGraph(mm).filter((edge) => edge.kind === 'lock')),
  })
  expect(seen[0]).toEqual({ task: 'p1', reason: '__mutex_lock', sinceNs: expect.any(Number), uninterruptible: true, kind: 'lock', what: 'mutex orders', holders: ['p0'] })
})

test('exit gives every lock back, also the last one first', () => {
  const recording = runScenario(scenario({ processes: [[lock('a'), lock('b'), sleep(50), { op: 'exit' }], [sleep(10), lock('b'), lock('a')]] }), { everyTurns: 1 })
  expect(recording.summary.end).toBe('done')
  expect(taken(recording)).toEqual([0, 50])
})

test('a deadlock ends the run with a diagnosis that names the circle', () => {
  const recording = runScenario(scenario({ processes: [[lock('a'), sleep(20), lock('b')], [lock('b'), sleep(20), lock('a')]] }), { everyTurns: 1 })
  expect(recording.summary.end).toBe('stuck')
  expect(recording.summary.diagnosis).toContain('p0 waits for mutex b, held by p1; p1 waits for mutex a, held by p0; p0 again: a deadlock')
})

test('a lock nobody wants costs next to nothing, and time passes only by the processes own work', () => {
  const recording = runScenario(scenario({ processes: [[lock('a'), unlock('a'), lock('a'), unlock('a')]] }))
  expect(recording.summary.tasks[0].phases.map((phase) => phase.endNs - phase.startNs)).toEqual([20, 20, 20, 20])
})

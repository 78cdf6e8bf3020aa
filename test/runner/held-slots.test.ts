/** Processes kept for travelling: one a run, two at most, made ready while nobody asks, and given back. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createHeldSlots, type HeldSlots } from '../../main/runner/held-slots'
import { createRunnerPool } from '../../main/runner/pool'
import { createRunnerSlot } from '../../main/runner/runner-slot'
import type { Question, ToRunner, TravelQuestion } from '../../main/runner/protocol'
import { fakeFleet, job, recordingOf, type FakeFleet, type FakeRunner } from './fake-runner'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

const nothing = (): void => undefined
const question = (run: string, t = 0): TravelQuestion => ({ kind: 'travel', run: `${run}~travel`, job: job(run), seek: { to: 'time', t }, scriptedEjections: [] })
const asked = ({ told }: FakeRunner): readonly Question[] => told.flatMap((message) => (message.type === 'ask' ? [message.question] : []))
const preparations = (runner: FakeRunner): number => asked(runner).filter((one) => one.kind === 'travel' && one.seek === undefined).length
const cancels = ({ told }: FakeRunner): readonly string[] => told.flatMap((message) => (message.type === 'cancel' ? [message.run] : []))

/** Answers questions at once; what makes ready is under way until it is told to stop. */
function answers(runner: FakeRunner, message: ToRunner): void {
  if (message.type === 'cancel') runner.say({ type: 'cancelled', run: message.run })
  if (message.type === 'ask' && message.question.kind === 'travel' && message.question.seek !== undefined) runner.say({ type: 'answered', run: message.question.run, answer: { kind: 'travel', value: { remade: runner.pid } } })
}

function heldOn(behaviour = answers): { readonly held: HeldSlots; readonly fleet: FakeFleet } {
  const fleet = fakeFleet(behaviour)
  return { fleet, held: createHeldSlots(() => createRunnerSlot(fleet.fork(), 100)) }
}

test('a run keeps its process; a third run takes the place of the one not asked for longest', async () => {
  const { held, fleet } = heldOn()
  const on = async (run: string): Promise<unknown> => { const end = await held.ask(question(run), nothing).promise; return end.kind === 'done' && end.answer.remade }
  expect([await on('a'), await on('b'), await on('a'), await on('c'), await on('a'), await on('b')]).toEqual([1, 2, 1, 3, 1, 4])
  expect(fleet.runners.map(({ killed }) => killed)).toEqual([false, true, true, false])
  held.close()
  await vi.advanceTimersByTimeAsync(0)
  expect(fleet.runners.every(({ killed }) => killed)).toBe(true)
})

test('soon after an answer the process makes ready; the next question cuts that short and is answered', async () => {
  const { held, fleet } = heldOn()
  await held.ask(question('a'), nothing).promise
  const [runner] = fleet.runners
  expect(preparations(runner)).toBe(0)
  await vi.advanceTimersByTimeAsync(1000)
  expect(preparations(runner)).toBe(1)
  expect((await held.ask(question('a', 5), nothing).promise).kind).toBe('done')
  expect(cancels(runner)).toEqual(['a~travel~ahead'])
  // A cancel that was heard doesn't end the process later on.
  await vi.advanceTimersByTimeAsync(20_000)
  expect(runner.killed).toBe(false)
  expect(preparations(runner)).toBe(2)
  held.close()
})

test('once it is ready it rests until the next question; and whoever isn\'t asked for three minutes ends', async () => {
  const { held, fleet } = heldOn((runner, message) => { if (message.type === 'ask') runner.say({ type: 'answered', run: message.question.run, answer: { kind: 'travel', value: { remade: 0 } } }) })
  await held.ask(question('a'), nothing).promise
  await vi.advanceTimersByTimeAsync(1000)
  held.pause()
  held.resume()
  await vi.advanceTimersByTimeAsync(1000)
  expect(preparations(fleet.runners[0])).toBe(1)
  await vi.advanceTimersByTimeAsync(177_000)
  expect(fleet.runners[0].killed).toBe(false)
  await vi.advanceTimersByTimeAsync(2000)
  expect(fleet.runners[0].killed).toBe(true)
})

test('while runs are made nothing is made ready', async () => {
  const fleet = fakeFleet((runner, message) => { if (message.type !== 'run') answers(runner, message) })
  const pool = createRunnerPool({ fork: fleet.fork, size: 1, prewarm: 0 })
  await pool.travel(question('a')).promise
  await vi.advanceTimersByTimeAsync(1000)
  const [traveller] = fleet.runners
  expect(preparations(traveller)).toBe(1)
  const run = pool.run(job('r'))
  await vi.advanceTimersByTimeAsync(1000)
  expect([preparations(traveller), cancels(traveller).length]).toEqual([1, 1])
  fleet.runners[1].say({ type: 'done', run: 'r', recording: recordingOf('r') })
  await run.promise
  await vi.advanceTimersByTimeAsync(1000)
  expect(preparations(traveller)).toBe(2)
  await pool.dispose()
})

test('a policy stopped by force while nobody looked is out at the same call when somebody asks', async () => {
  const ejection = { policy: 0, call: 7, kind: 'stall', message: 'no answer' } as const
  const { held, fleet } = heldOn((runner, message) => {
    if (message.type === 'ask' && message.question.kind === 'travel' && message.question.seek === undefined && runner.pid === 1) runner.say({ type: 'stalled', run: message.question.run, ejection })
    else answers(runner, message)
  })
  await held.ask(question('a'), nothing).promise
  await vi.advanceTimersByTimeAsync(1000)
  expect(fleet.runners[0].killed).toBe(true)
  await held.ask(question('a'), nothing).promise
  expect(asked(fleet.runners[1])[0].scriptedEjections).toEqual([ejection])
  held.close()
})

test('a cancelled question ends as cancelled, whether it was begun or waits its turn, and the one after it is answered', async () => {
  const { held, fleet } = heldOn((runner, message) => {
    if (message.type === 'cancel') runner.say({ type: 'cancelled', run: message.run })
    if (message.type === 'ask' && message.question.kind === 'travel' && message.question.seek?.to === 'time' && message.question.seek.t === 9) answers(runner, message)
  })
  const [first, second, third] = [held.ask(question('a', 1), nothing), held.ask(question('a', 2), nothing), held.ask(question('a', 9), nothing)]
  await vi.advanceTimersByTimeAsync(10)
  second.cancel()
  first.cancel()
  expect((await first.promise).kind).toBe('cancelled')
  expect((await second.promise).kind).toBe('cancelled')
  expect((await third.promise).kind).toBe('done')
  expect(asked(fleet.runners[0])).toHaveLength(2)
  held.close()
})

test('a process that dies is replaced once', async () => {
  const { held, fleet } = heldOn((runner, message) => { if (runner.pid === 1) runner.die('bang'); else answers(runner, message) })
  expect(await held.ask(question('a'), nothing).promise).toEqual({ kind: 'done', answer: { remade: 2 } })
  held.close()
  const dying = heldOn((runner) => { runner.die('bang') })
  expect(await dying.held.ask(question('a'), nothing).promise).toEqual({ kind: 'failed', message: 'the runner process died twice' })
  expect(fleet.runners).toHaveLength(2)
  dying.held.close()
})

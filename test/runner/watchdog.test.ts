import { expect, test } from 'vitest'
import { createSharedBuffer, forcedEjection, supervisorState, workerState } from '../../main/runner/shared-state'
import { createWatchdog } from '../../main/runner/watchdog'

test('only time and memory used without progress count', () => {
  let used = { cpuMs: 0, rssMb: 100 }
  const watchdog = createWatchdog(() => used)
  watchdog.reset()
  const at = (cpuMs: number, rssMb: number, mark: string): unknown => { used = { cpuMs, rssMb }; return watchdog.look(mark) }
  expect(at(500, 200, 'a')).toEqual({ cpuMs: 0, rssMb: 0 })
  expect(at(1_400, 250, 'a')).toEqual({ cpuMs: 900, rssMb: 50 })
  expect(at(1_500, 260, 'b')).toEqual({ cpuMs: 0, rssMb: 0 })
  expect(at(1_600, 240, 'b')).toEqual({ cpuMs: 100, rssMb: -20 })
  watchdog.reset()
  expect(at(9_000, 240, 'b')).toEqual({ cpuMs: 0, rssMb: 0 })
})

test('every step and every call is a sign of progress', () => {
  const buffer = createSharedBuffer()
  const [worker, supervisor] = [workerState(buffer), supervisorState(buffer)]
  const marks = new Set([supervisor.progressMark()])
  const steps = [() => { worker.beat() }, () => { worker.calling(0, 1, 'kswapdWake') }, () => { worker.left(0) }, () => { worker.calling(0, 2, 'kswapdWake') }, () => { worker.calling(3, 1, 'init') }]
  for (const step of steps) { step(); marks.add(supervisor.progressMark()) }
  expect(marks.size).toBe(steps.length + 1)
})

test('the innermost policy that is being called is the suspect', () => {
  const buffer = createSharedBuffer()
  const [worker, supervisor] = [workerState(buffer), supervisorState(buffer)]
  expect(supervisor.suspect()).toBeUndefined()
  worker.loading(2)
  worker.lineOf(2)[0] = 7
  expect(supervisor.suspect()).toEqual({ at: 'load', policy: 2, line: 7 })
  worker.calling(2, 41, 'scanBalance')
  expect(supervisor.suspect()).toEqual({ at: 'call', policy: 2, call: 41, hook: 'scanBalance', line: 7 })
  // Its base, another policy of the stack, is asked from inside the call.
  worker.calling(1, 9, 'scanBalance')
  const inner = supervisor.suspect()
  expect(inner).toEqual({ at: 'call', policy: 1, call: 9, hook: 'scanBalance', line: 0 })
  worker.left(1)
  expect(supervisor.suspect()).toMatchObject({ policy: 2, call: 41 })
  worker.left(2)
  expect(supervisor.suspect()).toBeUndefined()
  if (inner?.at !== 'call') throw new Error('a call was expected')
  expect(forcedEjection(inner, 'stall', 'no answer')).toEqual({ policy: 1, call: 9, kind: 'stall', message: 'scanBalance: no answer' })
})

test('a cancel is asked, heard, and gone with the next task', () => {
  const buffer = createSharedBuffer()
  const [worker, supervisor] = [workerState(buffer), supervisorState(buffer)]
  supervisor.askCancel()
  expect([worker.cancelAsked(), supervisor.cancelHeard()]).toEqual([true, false])
  worker.cancelHeard()
  expect([worker.cancelAsked(), supervisor.cancelHeard()]).toEqual([false, true])
  supervisor.reset()
  expect([worker.cancelAsked(), supervisor.cancelHeard(), supervisor.suspect()]).toEqual([false, false, undefined])
})

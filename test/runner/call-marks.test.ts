import { describe, expect, test } from 'vitest'
import { blamedByMarks } from '../../main/runner/call-marks'
import { createRunnerPool } from '../../main/runner/pool'
import { createSharedBuffer, supervisorState, workerState } from '../../main/runner/shared-state'
import { fakeFleet, job, recordingOf } from './fake-runner'

const FATAL = '\n# Fatal JavaScript invalid size error 268435456 (see crbug.com/1201626)\n 1: 0xdeadbeef node::Abort() [node]\n'

describe('who is to blame for a process that died', () => {
  test.each([
    ['nobody without marks', 'Segmentation fault', undefined],
    ['who was inside a call, at the line it got to', `@call 0 7 scanBalance\n@call 0 7 scanBalance 12\n@call 0 7 scanBalance 14\n${FATAL}`, { policy: 0, call: 7, kind: 'memory', line: 14 }],
    ['the inner one of two', `@call 1 3 scanBalance\n@call 0 9 scanBalance\n${FATAL}`, { policy: 0, call: 9, kind: 'memory' }],
    ['for want of memory the last to have come back', `@call 0 1 init\n@call 0 1 init left\n@call 0 2 kswapdWake\n@call 0 2 kswapdWake left\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory`, { policy: 0, call: 2, kind: 'memory' }],
    ['nobody who has come back, for anything else', '@call 0 2 kswapdWake\n@call 0 2 kswapdWake left\nSegmentation fault', undefined],
    ['who was inside, for anything else', '@call 0 2 kswapdWake\nSegmentation fault', { policy: 0, call: 2, kind: 'stall', message: 'kswapdWake: the process died in it' }],
    ['nobody by a line of an earlier call', `@call 0 2 kswapdWake\n@call 0 1 init 33\n${FATAL}`, { policy: 0, call: 2, kind: 'memory' }],
    ['nobody by a mark cut in two', `ll 0 2 kswapdWake\n${FATAL}`, undefined],
  ])('%s', (_, stderr, expected) => {
    const blamed = blamedByMarks(stderr, [])
    if (!expected) expect(blamed).toBeUndefined()
    else expect(blamed).toMatchObject(expected)
    if (expected && !('line' in expected)) expect(blamed).not.toHaveProperty('line')
  })

  test('nobody twice', () => {
    expect(blamedByMarks(`@call 0 2 kswapdWake\n${FATAL}`, [{ policy: 0, call: 1, kind: 'memory', message: '' }])).toBeUndefined()
  })
})

test('a run whose process died is tried again with marks, then without the policy they name', async () => {
  const withPolicy = { ...job('a'), policies: [{ compiled: { file: 'p.ts', code: '', hash: '' }, params: {} }] }
  const fleet = fakeFleet((runner, message) => {
    if (message.type !== 'run') return
    if (message.job.scriptedEjections.length > 0) runner.say({ type: 'done', run: 'a', recording: recordingOf('a') })
    else runner.die(message.job.cautious ? `@call 0 5 kswapdTarget\n@call 0 5 kswapdTarget 8\n${FATAL}` : FATAL)
  })
  const outcome = await createRunnerPool({ fork: fleet.fork, size: 1, prewarm: 0 }).run(withPolicy).promise
  const forced = [{ policy: 0, call: 5, kind: 'memory', message: 'kswapdTarget: asked for more memory than a process can have', line: 8 }]
  expect(outcome).toEqual({ kind: 'done', recording: recordingOf('a'), forced })
  expect(fleet.runners.flatMap(runner => runner.told).map(message => message.type === 'run' && message.job.cautious)).toEqual([undefined, true, true])
})

test('the call made last is known after it is over', () => {
  const buffer = createSharedBuffer()
  const [worker, supervisor] = [workerState(buffer), supervisorState(buffer)]
  expect(supervisor.lastCall()).toBeUndefined()
  worker.calling(0, 4, 'init')
  worker.calling(1, 9, 'kswapdWake')
  worker.left(1)
  worker.left(0)
  expect(supervisor.suspect()).toBeUndefined()
  expect(supervisor.lastCall()).toMatchObject({ policy: 1, call: 9, hook: 'kswapdWake' })
  expect(worker.lastCall(0)).toMatchObject({ policy: 0, call: 4, hook: 'init' })
})

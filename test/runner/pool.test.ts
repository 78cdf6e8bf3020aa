import { describe, expect, test } from 'vitest'
import { createRunnerPool } from '../../main/runner/pool'
import type { ScriptedEjection } from '../../main/engine'
import type { ToRunner } from '../../main/runner/protocol'
import { fakeFleet, job, recordingOf } from './fake-runner'
import type { FakeRunner } from './fake-runner'

const finishes = (runner: FakeRunner, message: ToRunner): void => {
  if (message.type === 'run') runner.say({ type: 'done', run: message.job.run, recording: recordingOf(message.job.run) })
}
const stall = (call: number): ScriptedEjection => ({ policy: 0, call, kind: 'stall', message: 'no answer' })

test('runs are done one after another on as many processes as the pool has', async () => {
  const fleet = fakeFleet(finishes)
  const pool = createRunnerPool({ fork: fleet.fork, size: 2, prewarm: 2 })
  const outcomes = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(run => pool.run(job(run)).promise))
  expect(outcomes.map(outcome => outcome.kind === 'done' && outcome.recording.digest)).toEqual(['digest of a', 'digest of b', 'digest of c', 'digest of d', 'digest of e'])
  expect(fleet.runners).toHaveLength(2)
  expect(fleet.runners.every(runner => !runner.killed)).toBe(true)
})

test('never more runs at a time than its size', async () => {
  let now = 0
  let most = 0
  const fleet = fakeFleet((runner, message) => {
    most = Math.max(most, ++now)
    setImmediate(() => { now--; finishes(runner, message) })
  })
  const pool = createRunnerPool({ fork: fleet.fork, size: 3, prewarm: 0 })
  await Promise.all(Array.from({ length: 12 }, (_, i) => pool.run(job(`r${i}`)).promise))
  expect(most).toBe(3)
})

describe('force', () => {
  test('a stalled runner is killed, and the run starts again with the ejection scripted', async () => {
    const fleet = fakeFleet((runner, message) => {
      if (message.type !== 'run') return
      const forced = message.job.scriptedEjections.length
      if (forced < 2) runner.say({ type: 'stalled', run: message.job.run, ejection: stall(forced + 5) })
      else finishes(runner, message)
    })
    const pool = createRunnerPool({ fork: fleet.fork, size: 1, prewarm: 1 })
    const outcome = await pool.run(job('a')).promise
    expect(outcome).toEqual({ kind: 'done', recording: recordingOf('a'), forced: [stall(5), stall(6)] })
    expect(fleet.runners.slice(0, 2).every(runner => runner.killed)).toBe(true)
    const jobs = fleet.runners.flatMap(runner => runner.told).filter(message => message.type === 'run')
    expect(jobs.map(message => message.job.scriptedEjections)).toEqual([[], [stall(5)], [stall(5), stall(6)]])
  })

  test('a run that stalls for ever is given up, with the last reason', async () => {
    const fleet = fakeFleet((runner, message) => { if (message.type === 'run') runner.say({ type: 'stalled', run: message.job.run, ejection: stall(message.job.scriptedEjections.length + 1) }) })
    const outcome = await createRunnerPool({ fork: fleet.fork, size: 1, prewarm: 0 }).run(job('a')).promise
    expect(outcome).toEqual({ kind: 'failed', message: 'policies had to be stopped by force 9 times; the last: no answer' })
    expect(fleet.runners.every(runner => runner.killed)).toBe(true)
  })

  test('a process that dies is replaced once; the second time the run fails with what it wrote', async () => {
    const fleet = fakeFleet(runner => { runner.die(`pid ${runner.pid}: Fatal error`) })
    const outcome = await createRunnerPool({ fork: fleet.fork, size: 1, prewarm: 0 }).run(job('a')).promise
    expect(outcome).toEqual({ kind: 'failed', message: 'the runner process died 2 times', stderr: 'pid 2: Fatal error' })
  })

  test('one death costs nothing but time', async () => {
    const fleet = fakeFleet((runner, message) => { if (runner.pid === 1) runner.die(''); else finishes(runner, message) })
    expect(await createRunnerPool({ fork: fleet.fork, size: 1, prewarm: 0 }).run(job('a')).promise).toMatchObject({ kind: 'done' })
  })

  test('a failure that is the process\'s last word is told, and the process not used again', async () => {
    const fleet = fakeFleet((runner, message) => {
      if (message.type !== 'run') return
      if (runner.pid === 1) runner.say({ type: 'failed', run: message.job.run, message: 'out of memory', ending: true })
      else finishes(runner, message)
    })
    const pool = createRunnerPool({ fork: fleet.fork, size: 1, prewarm: 1 })
    expect(await pool.run(job('a')).promise).toEqual({ kind: 'failed', message: 'out of memory' })
    expect(await pool.run(job('b')).promise).toMatchObject({ kind: 'done' })
    expect(fleet.runners[0]?.killed).toBe(true)
  })
})

describe('cancel', () => {
  test('a run that waits for a process is cancelled at once, and those after it go on', async () => {
    const fleet = fakeFleet(() => undefined)
    const pool = createRunnerPool({ fork: fleet.fork, size: 1, prewarm: 1 })
    const first = pool.run(job('a'))
    const second = pool.run(job('b'))
    const third = pool.run(job('c'))
    second.cancel()
    expect(await second.promise).toEqual({ kind: 'cancelled' })
    fleet.runners[0]?.say({ type: 'done', run: 'a', recording: recordingOf('a') })
    expect(await first.promise).toMatchObject({ kind: 'done' })
    await Promise.resolve()
    fleet.runners[0]?.say({ type: 'done', run: 'c', recording: recordingOf('c') })
    expect(await third.promise).toMatchObject({ kind: 'done' })
    expect(fleet.runners[0]?.told.map(message => message.type)).toEqual(['run', 'run'])
  })

  test('a run that hears it comes with its partial recording, and the process lives on', async () => {
    const fleet = fakeFleet((runner, message) => { if (message.type === 'cancel') runner.say({ type: 'done', run: message.run, recording: recordingOf('partial') }) })
    const pool = createRunnerPool({ fork: fleet.fork, size: 1, prewarm: 1 })
    const run = pool.run(job('a'))
    await Promise.resolve()
    run.cancel()
    expect(await run.promise).toMatchObject({ kind: 'done', recording: { digest: 'digest of partial' } })
    expect(fleet.runners[0]?.killed).toBe(false)
  })

  test('a runner that gave up is killed', async () => {
    const fleet = fakeFleet((runner, message) => { if (message.type === 'cancel') runner.say({ type: 'cancelled', run: message.run }) })
    const pool = createRunnerPool({ fork: fleet.fork, size: 1, prewarm: 1 })
    const run = pool.run(job('a'))
    await Promise.resolve()
    run.cancel()
    expect(await run.promise).toEqual({ kind: 'cancelled' })
    expect(fleet.runners[0]?.killed).toBe(true)
  })

  test('while a stalled runner is being killed, no second attempt starts', async () => {
    const fleet = fakeFleet((runner, message) => { if (message.type === 'run') runner.say({ type: 'stalled', run: message.job.run, ejection: stall(1) }) })
    const pool = createRunnerPool({ fork: fleet.fork, size: 1, prewarm: 0 })
    const run = pool.run(job('a'))
    await Promise.resolve()
    run.cancel()
    expect(await run.promise).toEqual({ kind: 'cancelled' })
    expect(fleet.runners.flatMap(runner => runner.told).filter(message => message.type === 'run')).toHaveLength(1)
  })
})

test('progress is passed on for its own run only', async () => {
  const fleet = fakeFleet((runner, message) => {
    if (message.type !== 'run') return
    for (const run of ['other', message.job.run]) runner.say({ type: 'progress', run, progress: { now: 1, fraction: run === 'other' ? 0.9 : 0.5, touches: 3 } })
    finishes(runner, message)
  })
  const seen: number[] = []
  await createRunnerPool({ fork: fleet.fork, size: 1 }).run(job('a'), { onProgress: progress => { seen.push(progress.fraction) } }).promise
  expect(seen).toEqual([0.5])
})

test('inspecting gives the answer of its own request, and a dead runner a sentence', async () => {
  const fleet = fakeFleet((runner, message) => {
    if (message.type !== 'inspect') return
    if (message.compiled.file === 'dies') runner.die('')
    else runner.say({ type: 'inspected', request: message.request, result: { ok: false, message: message.compiled.file } })
  })
  const pool = createRunnerPool({ fork: fleet.fork, size: 1, prewarm: 1 })
  const ask = (file: string): Promise<unknown> => pool.inspect({ file, code: '', hash: '' })
  expect(await Promise.all([ask('a'), ask('b')])).toEqual([{ ok: false, message: 'a' }, { ok: false, message: 'b' }])
  expect(await ask('dies')).toMatchObject({ ok: false, message: expect.stringContaining('ended before it answered') as string })
})

test('disposing ends every run and confirms every process gone', async () => {
  const fleet = fakeFleet(() => undefined)
  const pool = createRunnerPool({ fork: fleet.fork, size: 2, prewarm: 2 })
  const runs = ['a', 'b', 'c'].map(run => pool.run(job(run)))
  await Promise.resolve()
  await pool.dispose()
  expect(await Promise.all(runs.map(run => run.promise))).toEqual([{ kind: 'cancelled' }, { kind: 'cancelled' }, { kind: 'cancelled' }])
  expect(fleet.runners.every(runner => runner.killed)).toBe(true)
  expect(pool.pids()).toEqual([])
  expect(await pool.run(job('late')).promise).toEqual({ kind: 'cancelled' })
})

/** A sweep on a queue is an entry of the history: it stays when the window closes, and goes on there with what workers made meanwhile, recordings too. */
import { afterAll, expect, test } from 'vitest'
import { KEYS } from '../../main/queue/keys'
import { readAddress } from '../../main/queue/address'
import { openLink, reached } from '../../main/queue/link'
import { startWorker } from '../../main/queue/worker'
import { ENGINE_VERSION } from '../../main/engine'
import type { Lab } from '../../main/lab/lab-types'
import type { FinishedRun } from '../../main/lab/sweep/finished-run'
import { settle } from '../../main/queue/settle'
import { CONTENT, fakeCompiler, request } from '../lab/doubles'
import { InstantRuns, openLab, sweepEnded, value, workspace } from '../lab/history/labs'
import { until } from './lab-process'
import { startRedis } from './redis'

const server = await startRedis()
afterAll(() => server.stop())

test('put there, closed, made meanwhile, taken up again: one entry, whole, and nothing made at home', async () => {
  const folder = workspace()
  const queue = { url: server.url }
  const asked = { comparison: request({ seeds: 2, policies: [] }), sweep: ['vm.swappiness=0..100:50'], metrics: ['run_time'], queue }
  const first = await openLab(folder)
  const { history = '' } = value(await first.lab.sweepStatus(value(await first.lab.sweep(asked)).id))
  await first.close()

  const link = await openLink(value(readAddress(queue, 'queue')))
  await reached(link, 5_000)
  const elsewhere = new InstantRuns()
  const worker = await startWorker({ link, parts: { runs: elsewhere, content: CONTENT, compiler: fakeCompiler() }, parallel: 2, lockMs: 2_000, say: () => undefined, changed: () => undefined })
  await until(async () => await server.redis.hlen(KEYS.results(ENGINE_VERSION)) === 6)

  const second = await openLab(folder)
  expect(value(await second.lab.history({})).entries).toMatchObject([{ id: history, origin: 'queue', state: 'interrupted', runs: 6, ended: 0 }])
  const status = await sweepEnded(second.lab, value(await second.lab.resumeOnQueue(history, queue)).id)
  expect(status).toMatchObject({ state: 'done', ended: 6, lost: 0, history })
  await second.close()
  const third = await openLab(folder)
  expect(value(await third.lab.history({})).entries).toMatchObject([{ id: history, state: 'done', ended: 6 }])
  // On another queue, empty: what the history has is handed over, and nobody makes it again.
  await server.redis.flushall()
  const again = await sweepEnded(third.lab, value(await third.lab.sweep(asked)).id)
  expect({ ...again, id: '', queue: undefined }).toEqual({ ...status, id: '', queue: undefined })
  expect([elsewhere.made.length, first.runs.made.length + second.runs.made.length + third.runs.made.length]).toEqual([6, 0])
  expect(await third.lab.resumeOnQueue('nothing00', queue)).toMatchObject({ ok: false, problems: [{ path: 'entry' }] })
  await worker.stop(true)
  await link.close()
})

/** Somebody repeated this run and it came out otherwise. */
async function repeatOtherwise(run: string): Promise<void> {
  const known = JSON.parse(await server.redis.hget(KEYS.results(ENGINE_VERSION), run) ?? '{}') as FinishedRun
  expect(await settle(server.redis, ENGINE_VERSION, run, { ...known, digest: 'another', by: 'shed/99' })).toBe('differs')
}

async function entries(lab: Lab): Promise<unknown> {
  return value(await lab.history({})).entries.map(({ origin, state, ended, lost, machines }) => [origin, state, ended, lost, machines.length])
}

test('a sweep that somebody else put there is an entry of who watches it; digests that disagree later reach it, with the window open and after', async () => {
  await server.redis.flushall()
  const [queue, folder] = [{ url: server.url }, workspace()]
  const asked = { comparison: request({ seeds: 2 }), sweep: ['vm.swappiness=0,100'], metrics: ['run_time'], queue }
  const first = await openLab(workspace())
  const put = value(await first.lab.sweepStatus(value(await first.lab.sweep(asked)).id))
  const second = await openLab(folder)
  const name = put.queue?.sweep ?? ''
  const { id } = value(await second.lab.watchSweep(queue, name))
  // Twice is once; who put it there watches it already.
  expect(value(await second.lab.watchSweep(queue, name)).id).toBe(id)
  expect(value(await first.lab.watchSweep(queue, name)).id).toBe(put.id)
  const link = await openLink(value(readAddress(queue, 'queue')))
  await reached(link, 5_000)
  const worker = await startWorker({ link, parts: { runs: new InstantRuns(), content: CONTENT, compiler: fakeCompiler() }, parallel: 2, lockMs: 2_000, say: () => undefined, changed: () => undefined })
  const done = await sweepEnded(second.lab, id)
  expect(done).toMatchObject({ state: 'done', ended: 8, lost: 0, history: expect.any(String) as string })
  await until(async () => JSON.stringify(await entries(second.lab)) === JSON.stringify([['queue', 'done', 8, 0, 2]]))
  // Its runs are made again from what lay on the queue.
  const opened = value(await second.lab.openSweepPoint(id, 1))
  const [run] = value(await second.lab.experiment(opened.id)).runs
  expect(value(await second.lab.run(run.run)).digest).toBe(run.digest)
  const [one, other] = await server.redis.lrange(KEYS.sweepRuns(name), 0, 1)

  await repeatOtherwise(one)
  await until(async () => value(await second.lab.sweepStatus(id)).lost === 1)
  expect(value(await second.lab.sweepStatus(id))).toMatchObject({ state: 'failed', queue: { alarms: [{ run: one, digests: [expect.any(String) as string, 'another'] }] } })
  await until(async () => JSON.stringify(await entries(second.lab)) === JSON.stringify([['queue', 'failed', 8, 1, 2]]))
  expect((await second.lab.historyOverview()).reports).toMatchObject([{ kind: 'digest', what: expect.stringContaining(one) as string }])
  await second.close()

  await repeatOtherwise(other)
  const third = await openLab(folder)
  expect(value(await third.lab.queueOverview(queue)).queues.find(({ engine }) => engine === ENGINE_VERSION)?.alarms).toBe(2)
  await until(async () => JSON.stringify(await entries(third.lab)) === JSON.stringify([['queue', 'failed', 8, 2, 2]]))
  expect((await third.lab.historyOverview()).reports).toHaveLength(2)
  await worker.stop(true)
  await link.close()
})

test('a sweep of which the queue does not tell what makes its runs is watched, and says why it is not kept', async () => {
  await server.redis.flushall()
  const queue = { url: server.url }
  const first = await openLab(workspace())
  const name = value(await first.lab.sweepStatus(value(await first.lab.sweep({ comparison: request({ seeds: 1, policies: [] }), sweep: ['vm.swappiness=0,100'], queue })).id)).queue?.sweep ?? ''
  const specs = await server.redis.lrange(KEYS.sweepSpecs(name), 0, -1)
  for (const [tamper, why] of [[[specs[1], specs[0]], 'makes other runs than its own'], [[], 'an older lab put it there']] as const) {
    await server.redis.del(KEYS.sweepSpecs(name))
    if (tamper.length > 0) await server.redis.rpush(KEYS.sweepSpecs(name), ...tamper)
    const second = await openLab(workspace())
    const status = value(await second.lab.sweepStatus(value(await second.lab.watchSweep(queue, name)).id))
    expect(status).toMatchObject({ state: 'running', queue: { unkept: expect.stringContaining(why) as string } })
    expect(status.history).toBeUndefined()
    await second.close()
  }
})

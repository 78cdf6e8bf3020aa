/** A sweep on a queue is an entry of the history: it stays when the window closes, and goes on there with what workers made meanwhile, recordings too. */
import { afterAll, expect, test } from 'vitest'
import { KEYS } from '../../main/queue/keys'
import { readAddress } from '../../main/queue/address'
import { openLink, reached } from '../../main/queue/link'
import { startWorker } from '../../main/queue/worker'
import { ENGINE_VERSION } from '../../main/engine'
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

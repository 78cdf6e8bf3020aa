/**
 * The real thing: a Redis from the system, three worker processes, 500 small runs under two policies. One worker is killed, the server is killed and started again. Every run
 * is there, once, with the digest that this machine alone would have given.
 */
import { afterAll, expect, test } from 'vitest'
import { ENGINE_VERSION } from '../../main/engine'
import { createDefaultParts } from '../../main/lab/default-parts'
import { startSweep } from '../../main/lab/sweep/sweep'
import { readAddress } from '../../main/queue/address'
import { KEYS } from '../../main/queue/keys'
import { queueSweep } from '../../main/queue/queue'
import { workersOf } from '../../main/queue/registry'
import { forkChildRunner } from '../../main/runner/fork-child'
import { endLabs, startLab, until } from './lab-process'
import { startRedis } from './redis'
import { tinySweep } from './sweeps'

const server = await startRedis()
const parts = await createDefaultParts(forkChildRunner, { parallel: 2 })
afterAll(async () => {
  await endLabs()
  await Promise.all([parts.runs.close(), parts.compiler.close()])
  await server.stop()
})

test('500 runs over three workers: one killed, the server killed and started again; all there once, digests as at home', async () => {
  const prepared = await tinySweep(parts, { seeds: 50, policies: [{ kind: 'name', name: 'watermark-early' }] })
  const address = readAddress({ url: server.url }, 'queue')
  if (!address.ok) throw new Error('no address')
  const sweep = await queueSweep('s1', address.value, prepared, { changed: () => undefined })
  if (!sweep.ok) throw new Error(sweep.problems[0].message)
  expect(sweep.value.status()).toMatchObject({ runs: 500, state: 'running' })

  const workers = [1, 2, 3].map(() => startLab(['worker', '--queue', server.url, '--parallel', '1', '--lock', '2', '--json']))
  await Promise.all(workers.map(({ said }) => said('takes runs of engine')))
  const made = async (): Promise<number> => server.redis.hlen(KEYS.results(ENGINE_VERSION))
  await until(async () => await made() >= 60)
  workers[0].signal('SIGKILL')
  await workers[0].ended
  await until(async () => await made() >= 200)
  await server.kill()
  await until(() => sweep.value.status().queue?.connected === false)
  expect(sweep.value.status().state).toBe('running')
  await server.start()
  await sweep.value.ended

  const status = sweep.value.status()
  expect(status).toMatchObject({ state: 'done', runs: 500, ended: 500, lost: 0, queue: { alarms: [], missing: 0 } })
  expect(await server.redis.hlen(KEYS.results(ENGINE_VERSION))).toBe(500)
  const arrived = await server.redis.lrange(KEYS.arrivals(ENGINE_VERSION), 0, -1)
  expect({ arrived: arrived.length, different: new Set(arrived).size }).toEqual({ arrived: 500, different: 500 })
  expect((await workersOf(server.redis)).length).toBe(3)

  const local = startSweep('s2', prepared, parts.runs, 2, () => undefined)
  await local.ended
  expect(sweep.value.rows()).toEqual(local.rows())
  expect(status.curves).toEqual(local.status().curves)
  expect(new Set(local.rows().map(({ digest }) => digest)).size).toBeGreaterThan(400)

  for (const worker of workers.slice(1)) worker.signal('SIGTERM')
  const ends = await Promise.all(workers.slice(1).map(({ ended }) => ended))
  expect(ends.map(({ code }) => code)).toEqual([143, 143])
  const counts = ends.map(({ out }) => JSON.parse(out) as { readonly made: number; readonly failed: number; readonly alarms: number })
  for (const { failed, alarms } of counts) expect({ failed, alarms }).toEqual({ failed: 0, alarms: 0 })
  // The third had a part in it too.
  expect(counts[0].made + counts[1].made).toBeLessThan(500)
  for (const { made: own } of counts) expect(own).toBeGreaterThan(0)
})

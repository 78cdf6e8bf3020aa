/** Recordings that were asked for: they come with the runs, are checked, kept once and gone from the server; what doesn't come is said and costs no summary. */
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { ENGINE_VERSION, recordingDigest, type Recording } from '../../main/engine'
import type { LabParts } from '../../main/lab/parts'
import { finished } from '../../main/lab/sweep/finished-run'
import { createRecordings, isGranted, readRule, wishOf, type RecordingRule } from '../../main/lab/sweep/recordings'
import type { QueueAddress } from '../../main/queue/address'
import { KEYS } from '../../main/queue/keys'
import { queueSweep } from '../../main/queue/queue'
import { dropShipped, MOST_BYTES, ship, shipped, wish } from '../../main/queue/ship'
import { startWorker } from '../../main/queue/worker'
import { encodeRecording } from '../../main/store/history/recording-file'
import type { RunJob } from '../../main/runner/protocol'
import type { Sweep } from '../../main/lab/sweep/collect'
import { CONTENT, fakeCompiler, FakeRuns, recording } from '../lab/doubles'
import { addressOf, linkTo } from './links'
import { startRedis } from './redis'
import { tinySweep } from './sweeps'

const server = await startRedis()
afterAll(() => server.stop())
const open: (() => Promise<void>)[] = []
beforeEach(() => server.redis.flushall())
afterEach(async () => { for (const close of open.splice(0).reverse()) await close() })

/** As the engine gives it: with the digest of what it holds. */
function sound(job: RunJob): Recording {
  const made = recording(job)
  return { ...made, digest: recordingDigest(made) }
}

class SoundRuns extends FakeRuns {
  override start(job: RunJob): ReturnType<FakeRuns['start']> {
    return { done: Promise.resolve(job.seed === 3 ? { ...sound(job), ejections: [{ policy: 'early', kind: 'fuel', hook: 'kswapdWake', call: 1, t: 0, message: 'm' }] } : sound(job)), cancel: () => undefined, watch: () => undefined }
  }
}

const address = (): QueueAddress => addressOf(server.port)

async function swept(rule: RecordingRule, kept: Map<string, string>, put = (place: string, digest: string): void => { kept.set(place, digest) }): Promise<Sweep> {
  const parts: LabParts = { runs: new SoundRuns(), content: CONTENT, compiler: fakeCompiler() }
  const prepared = await tinySweep(parts, { sweep: 'vm.swappiness=0,100', seeds: 3 })
  const recordings = createRecordings(rule, async ({ point, seed }, run, one) => { put(`${point}.${seed}`, one.digest); expect(run.digest).toBe(one.digest) })
  const sweep = await queueSweep('s1', address(), prepared, { recordings, changed: () => undefined })
  if (!sweep.ok) throw new Error(sweep.problems[0].message)
  const worker = await startWorker({ link: await linkTo(address(), open), parts, parallel: 2, lockMs: 2_000, say: () => undefined, changed: () => undefined })
  open.push(() => worker.stop(true))
  await sweep.value.ended
  return sweep.value
}

test.each([
  ['all', 'all', ['0.1', '0.2', '0.3', '1.1', '1.2', '1.3']],
  ['of one seed', { seed: 2 }, ['0.2', '1.2']],
  ['failed', 'failed', ['0.3', '1.3']],
  ['none', 'none', []],
] as const)('%s: these come, each once, and none is left on the server', async (_, rule, places) => {
  const kept = new Map<string, string>()
  const sweep = await swept(rule, kept)
  expect([...kept.keys()].sort()).toEqual(places)
  expect(sweep.status()).toMatchObject({ state: 'done', ended: 6, recordings: { kept: places.length, refused: 0 } })
  expect(new Set(kept.values())).toEqual(new Set(sweep.rows().filter(({ point, seed }) => kept.has(`${point}.${seed}`)).map(({ digest }) => digest)))
  expect(await server.redis.hlen(KEYS.recordings(ENGINE_VERSION))).toBe(0)
  expect(Number(await server.redis.get(KEYS.recordingBytes(ENGINE_VERSION)) ?? 0)).toBe(0)
})

test('what can\'t be kept at first stays on the server until it can', async () => {
  const kept = new Map<string, string>()
  let full = true
  const sweep = await swept('all', kept, (place, digest) => {
    if (full) { full = false; throw new Error('no space left on device') }
    kept.set(place, digest)
  })
  expect(kept.size).toBe(6)
  expect(sweep.status().recordings).toMatchObject({ kept: 6, refused: 0, why: "can't be kept now: no space left on device" })
})

const job = { run: 'x', scenario: { id: 'tiny', sysctls: {} }, kernel: 'linux-6.1', policies: [], seed: 1, scriptedEjections: [] } as unknown as RunJob

test('too large for one, too many for the server: refused with words, and the summary is as it was', async () => {
  const { redis } = await linkTo(address(), open)
  const made = sound(job)
  const run = finished(made)
  expect(await ship(redis, 'e', 'unasked', run, made)).toBe(run)
  await wish(redis, 'e', new Map([['k', 'always'], ['k2', 'always'], ['k3', 'failed']]))
  const { length } = encodeRecording(made, { format: 1, run: 'k' })
  expect(await ship(redis, 'e', 'k', run, made, { one: length - 1, all: 1e9 })).toEqual({ ...run, recording: { bytes: length, refused: 'a recording of 0.0 MiB is too large to travel; at most 0.0 MiB' } })
  expect(await ship(redis, 'e', 'k', run, made)).toEqual({ ...run, recording: { bytes: length } })
  // The same again takes no more room; another has none.
  expect((await ship(redis, 'e', 'k', run, made, { one: 1e9, all: length })).recording?.refused).toBeUndefined()
  expect((await ship(redis, 'e', 'k2', run, made, { one: 1e9, all: length + 10 })).recording?.refused).toMatch(/wait on the server already/)
  expect((await ship(redis, 'e', 'k3', run, made)).recording).toBeUndefined()
  expect(await redis.get(KEYS.recordingBytes('e'))).toBe(String(length))
  await dropShipped(redis, 'e', ['k', 'k2', 'k3'])
  expect([await redis.get(KEYS.recordingBytes('e')), await redis.hlen(KEYS.wishes('e'))]).toEqual([null, 0])
})

test('what arrives is looked at: a changed byte, another run\'s recording, one whose numbers were changed', async () => {
  const { redis } = await linkTo(address(), open)
  const made = sound(job)
  const run = finished(made)
  const put = (one: Buffer): Promise<number> => redis.hset(KEYS.recordings('e'), 'k', one)
  await put(encodeRecording(made, { format: 1, run: 'k' }))
  const arrived = await shipped(redis, 'e', 'k', run)
  expect(typeof arrived === 'object' && { ...arrived }).toEqual(made)
  const bent = encodeRecording(made, { format: 1, run: 'k' })
  bent[bent.length - 40] ^= 1
  await put(bent)
  expect(await shipped(redis, 'e', 'k', run)).toMatch(/checksum differs/)
  const doctored = { ...made, summary: { ...made.summary, durationNs: 7 } }
  await put(encodeRecording(doctored, { format: 1, run: 'k' }))
  expect(await shipped(redis, 'e', 'k', run)).toBe(`has the digest ${recordingDigest(doctored)}, not ${made.digest}`)
  await put(Buffer.from('nonsense'))
  expect(await shipped(redis, 'e', 'k', run)).toBe('does not begin like a recording')
  expect(await shipped(redis, 'e', 'gone', run)).toBeUndefined()
  // Some kilobytes that say they are megabytes are not unpacked to see.
  await put(encodeRecording(made, { format: 1, run: 'k', zeros: '0'.repeat(2 ** 20) }))
  expect(await shipped(redis, 'e', 'k', run, 2 ** 20)).toMatch(/says that it has 1\d{6} bytes, more than 1048576/)
  await redis.hset(KEYS.recordings('e'), 'k', Buffer.alloc(MOST_BYTES.one + 1))
  expect(await shipped(redis, 'e', 'k', run)).toBe('is larger than 8.0 MiB')
})

test('the rule, in words', () => {
  expect(['all', 'failed', 'none', 'seed=7'].map((text) => readRule(text))).toEqual(['all', 'failed', 'none', { seed: 7 }].map((value) => ({ ok: true, value })))
  for (const text of ['', 'seed', 'some', 'seed=x']) expect(readRule(text)).toMatchObject({ ok: false, problems: [{ path: '--recordings' }] })
  expect([wishOf({ seed: 2 }, 2), wishOf({ seed: 2 }, 1), wishOf('none', 1)]).toEqual(['always', undefined, undefined])
  expect([isGranted('failed', { end: 'stuck', ejections: [] }), isGranted('failed', { end: 'done', ejections: [] }), isGranted(null, { end: 'stuck', ejections: [] })]).toEqual([true, false, false])
})

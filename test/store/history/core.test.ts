import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newEntryId } from '../../../main/store/history/history'
import { about, fill, newEntry, newRun, open, recording, workspace } from './samples'

test('what was begun, run and ended is there after the next start, as it was', () => {
  const folder = workspace()
  const first = open(folder)
  const entry = newEntry()
  fill(first, entry)
  first.close()
  const again = open(folder)
  const found = again.entry(entry.id)
  expect(found?.spec).toEqual(entry.spec)
  expect(found?.entry).toMatchObject({ id: entry.id, title: entry.title, state: 'done', runs: 4, ended: 4, lost: 0, recordings: 4, pinned: false, tags: [], note: '', otherEngine: false, machines: entry.machines })
  expect(found?.runs).toEqual([[0, 1], [0, 2], [1, 1], [1, 2]].map(([machine, seed]) => ({ ...newRun({ machine, seed, key: `${entry.id}-${machine}-${seed}` }), recorded: true })))
  expect(again.recording(entry.id, { point: 0, machine: 1, seed: 2 })).toEqual({ ok: true, recording: recording({ digest: 'd12', seed: 2 }) })
})

test('ended, lost and ejected runs are counted, also when a run is made again', () => {
  const core = open(workspace())
  const entry = newEntry()
  core.begin(entry)
  const ejection = { policy: 'early', kind: 'error', hook: 'init', call: 1, t: 0, message: 'x' } as const
  core.addRuns(entry.id, [newRun({ seed: 1, state: 'failed', error: 'gone' }), newRun({ seed: 2, end: 'stuck' }), newRun({ machine: 1, seed: 1, ejections: [ejection] })])
  expect(core.find(entry.id)).toMatchObject({ ended: 3, lost: 2, ejected: 1 })
  core.addRuns(entry.id, [newRun({ seed: 1 }), newRun({ seed: 2 })])
  expect(core.find(entry.id)).toMatchObject({ ended: 3, lost: 0, ejected: 1 })
  expect(core.entry(entry.id)?.runs[2].ejections).toEqual([ejection])
})

test('a word finds names, titles in both languages, notes, tags, policies and ids; all words must occur', () => {
  const core = open(workspace())
  core.begin(newEntry({ id: 'aaaaaaaa' }))
  core.begin(newEntry({ id: 'bbbbbbbb', title: { en: 'Thrash', zh: '抖动' }, words: ['vm.swappiness'] }))
  core.change('bbbbbbbb', { name: 'Before the Patch', note: '100% sure', tags: ['Ticket-7'] })
  const ids = (text: string): readonly string[] => core.list({ text }).entries.map(({ id }) => id)
  expect(ids('')).toHaveLength(2)
  for (const text of ['thrash', '抖动', 'patch before', 'sure', '100%', 'ticket', 'SWAPPINESS', 'bbbb', 'early thrash']) expect(ids(text), text).toEqual(['bbbbbbbb'])
  for (const text of ['thrash nowhere', 'a_a', "'", '"', '0_']) expect(ids(text), text).toEqual([])
  expect(core.list({ tags: ['Ticket-7'] }).total).toBe(1)
  expect(core.list({ kind: 'sweep' }).total).toBe(0)
  expect(core.list({ pinned: true }).total).toBe(0)
})

test('lists come newest first, in pages', () => {
  const core = open(workspace())
  const ids = Array.from({ length: 25 }, () => newEntryId())
  for (const id of ids) core.begin(newEntry({ id }))
  const pages = [0, 10, 20].map((offset) => core.list({ offset, limit: 10 }))
  expect(pages.map(({ total }) => total)).toEqual([25, 25, 25])
  expect(pages.flatMap(({ entries }) => entries.map(({ id }) => id)).toSorted()).toEqual(ids.toSorted())
  const times = pages.flatMap(({ entries }) => entries.map(({ createdMs }) => createdMs))
  expect(times).toEqual(times.toSorted((a, b) => b - a))
})

test('what is removed goes to removed/ and comes back; a shared recording stays where it is', () => {
  const folder = workspace()
  const core = open(folder)
  const [one, two] = [newEntry({ id: 'aaaaaaaa' }), newEntry({ id: 'bbbbbbbb' })]
  fill(core, one)
  // The same runs in another comparison: their recordings are the same files.
  core.begin(two)
  const shared = newRun({ key: 'aaaaaaaa-0-1' })
  core.addRuns(two.id, [shared])
  core.addRecording(two.id, shared, recording(), about(two, shared))
  const files = (path: string): readonly string[] => (existsSync(join(folder, path)) ? readdirSync(join(folder, path)) : [])
  expect(files('history/recordings')).toHaveLength(4)
  expect(core.remove(one.id)).toBe(true)
  expect(core.remove(one.id)).toBe(false)
  expect([files('history/recordings').length, files('removed/history').length]).toEqual([1, 3])
  expect([core.list({}).total, core.list({ removed: true }).total]).toEqual([1, 1])
  expect(core.recording(one.id, { point: 0, machine: 1, seed: 2 }).ok).toBe(true)
  expect(core.restore(one.id)).toBe(true)
  expect([files('history/recordings').length, files('removed/history').length]).toEqual([4, 0])
  expect(core.list({}).total).toBe(2)
  core.remove(one.id)
  expect(core.emptyRemoved()).toEqual({ entries: 1 })
  expect([files('history/recordings').length, files('removed/history').length]).toEqual([1, 0])
  expect(core.recording(two.id, shared).ok).toBe(true)
})

test('above the limit recordings go, removed ones first, then the oldest; pinned ones and all summaries stay', () => {
  const core = open(workspace())
  // Some 480 KB each, which nothing can compress.
  const noise = (seed: number): Float64Array => Float64Array.from({ length: 60_000 }, (_, i) => Math.sin(seed * 1000 + i * i))
  const ids = ['pinned00', 'oldest00', 'removed0', 'newest00']
  ids.forEach((id, i) => {
    const entry = newEntry({ id, seeds: 1, machines: [{ label: 'm' }], runs: 1 })
    const run = newRun({ key: id })
    core.begin(entry)
    core.addRuns(id, [run])
    core.addRecording(id, run, recording({ series: { times: Float64Array.from({ length: 60_000 }, (_, at) => at), ids: ['x'], columns: [noise(i)] } }), about(entry, run))
    core.end(id, 'done', undefined)
  })
  core.change('pinned00', { pinned: true })
  core.remove('removed0')
  const { space } = core.state()
  const one = space.recordingBytes / 4
  expect(one).toBeGreaterThan(400_000)
  expect([space.recordings, space.pinnedBytes, space.removedBytes]).toEqual([4, one, one].map((n) => (n === 4 ? n : expect.closeTo(n, -4))))
  const left = (): readonly string[] => ids.filter((id) => core.recording(id, { point: 0, machine: 0, seed: 1 }).ok)
  expect(core.setLimit(one * 3.5).recordings).toBe(1)
  expect(left()).toEqual(['pinned00', 'oldest00', 'newest00'])
  expect(core.setLimit(0).recordings).toBe(1)
  expect(left()).toEqual(['pinned00', 'newest00'])
  expect(core.state().space.limitBytes).toBe(2 ** 20)
  expect(core.entry('oldest00')?.runs[0]).toMatchObject({ recorded: false, metrics: { run_time: 1001, kswapd_cpu: 0 } })
  expect(core.recording('oldest00', { point: 0, machine: 0, seed: 1 })).toMatchObject({ ok: false, why: 'let-go', message: expect.stringContaining('1 MiB') })
})

test('runs are found by what they compute', () => {
  const core = open(workspace())
  fill(core, newEntry())
  core.addRuns('e0000001', [newRun({ seed: 9, key: 'cut', state: 'cancelled' })])
  const known = core.known(['e0000001-1-2', 'cut', 'nothing'])
  expect(known).toEqual([expect.objectContaining({ key: 'e0000001-1-2', digest: 'd12', entry: 'e0000001', place: { point: 0, machine: 1, seed: 2 }, recorded: true, metrics: { run_time: 1002, kswapd_cpu: 1 / 3 } })])
})

test('the same run with another digest raises an alarm that stays until it was seen', () => {
  const core = open(workspace())
  core.begin(newEntry())
  expect(core.addRuns('e0000001', [newRun({ key: 'k', digest: 'one' })])).toEqual([])
  core.begin(newEntry({ id: 'e0000002' }))
  expect(core.addRuns('e0000002', [newRun({ key: 'k', digest: 'two' })])).toEqual([{ key: 'k', digests: ['one', 'two'], entries: ['e0000001', 'e0000002'] }])
  expect(core.state().reports).toMatchObject([{ kind: 'digest', why: 'the same run came to the digests one and two' }])
  core.dismissReports()
  expect(core.state().reports).toEqual([])
})

test('entries of another engine are told apart', () => {
  const core = open(workspace())
  core.begin(newEntry({ engine: 'older' }))
  expect(core.find('e0000001')?.otherEngine).toBe(true)
})

test('ids sort by time and are words that can be typed', () => {
  const ids = [1e12, 1.5e12, 1.8e12].map((ms) => newEntryId(ms))
  expect(ids).toEqual(ids.toSorted())
  for (const id of ids) expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{12}$/)
})

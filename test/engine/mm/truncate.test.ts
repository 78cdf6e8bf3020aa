/** Page cache given up on purpose: what goes, what stays, what it costs to have it back. */
import { expect, test } from 'vitest'
import type { Phase } from '../../../main/engine/index'
import { delta, run, snapValue } from '../support/run'
import type { Ran } from '../support/run'
import { fread, fwrite, mmapf, open, scenario, sleep, snap, touch } from '../support/tiny'

const FILE = 512

/** One process on 16 MiB; checkMm looks every 20 turns. */
function ran(phases: readonly Phase[], pages = FILE): Ran {
  // Writes end long after whoever started them has gone on.
  return run(scenario({ machine: { disk: { writeLatencyUs: 50_000 } }, files: pages, processes: [phases] }), { everyTurns: 20 })
}

const dontneed = (start = 0, len = FILE): Phase => ({ op: 'fadvise', r: 'f', advice: 'dontneed', start, len })
const cached = ({ mm }: Ran): number => mm.files.find((file) => file.path === '/f')?.nrPages ?? NaN
const nodes = ({ mm }: Ran): number => mm.slabs.radixTreeNode.live

test('DONTNEED frees clean pages at once, and reading them again is reading them from disk', () => {
  const once = ran([open('f', FILE), fread(FILE)])
  const twice = ran([open('f', FILE), fread(FILE), snap('read'), dontneed(), snap('dropped'), fread(FILE)])
  expect(snapValue(twice.recording, 'read', 'nr_file_pages') - snapValue(twice.recording, 'dropped', 'nr_file_pages')).toBe(FILE)
  expect(twice.recording.summary.io.vda.readPages).toBe(2 * once.recording.summary.io.vda.readPages)
  // Freed without a shadow: coming back is no refault.
  expect(delta(twice.recording, 'workingset_refault_file')).toBe(0)
})

test('DONTNEED takes only its range', () => expect(cached(ran([open('f', FILE), fread(FILE), dontneed(100, 50)]))).toBe(FILE - 50))

test('DONTNEED starts the write of dirty pages but does not wait: they are there until a second call', () => {
  const first = ran([open('f', FILE), fwrite(FILE), dontneed(), snap('asked'), sleep(1000)])
  expect(snapValue(first.recording, 'asked', 'nr_dirty')).toBe(0)
  expect(cached(first)).toBe(FILE)
  expect(first.recording.summary.io.vda.writePages).toBe(FILE)
  expect(cached(ran([open('f', FILE), fwrite(FILE), dontneed(), sleep(1000), dontneed()]))).toBe(0)
})

test('DONTNEED leaves what somebody has mapped, and where it was', () => {
  const mapped = ran([mmapf('f', FILE), touch('f', 'r', 64), sleep(10), dontneed(), snap('asked')])
  expect(snapValue(mapped.recording, 'asked', 'nr_mapped')).toBe(64)
  expect(cached(mapped)).toBe(64)
  expect(delta(mapped.recording, 'pgrotated')).toBe(0)
})

test('drop_caches: clean pages of every file go, dirty ones stay; both bits are counted', () => {
  const clean = ran([open('f', FILE), fread(FILE), { op: 'drop_caches', what: 3 }])
  // What still waits in this CPU's batch is held by it: 6.1 doesn't drain first.
  expect(cached(clean)).toBe(FILE % 15)
  expect([delta(clean.recording, 'drop_pagecache'), delta(clean.recording, 'drop_slab')]).toEqual([1, 1])
  const dirty = ran([open('f', FILE), fwrite(FILE), { op: 'drop_caches', what: 1 }, snap('asked')])
  expect(snapValue(dirty.recording, 'asked', 'nr_dirty')).toBe(FILE)
  expect(cached(dirty)).toBe(FILE)
})

test('truncate takes dirty and mapped pages too, unwritten, and the nodes of the tree', () => {
  const dirty = ran([open('f', FILE), fwrite(FILE), { op: 'truncate', r: 'f', start: 64 }, sleep(100)])
  expect(cached(dirty)).toBe(64)
  // The pages that stay go to disk; none of those that were cut off does.
  expect(dirty.recording.summary.io.vda.writePages).toBeLessThanOrEqual(64)
  const before = ran([open('f', FILE)])
  const gone = ran([mmapf('f', FILE), touch('f', 'w', FILE), { op: 'truncate', r: 'f', start: 0 }, snap('gone')])
  expect(snapValue(gone.recording, 'gone', 'nr_mapped')).toBe(0)
  expect(snapValue(gone.recording, 'gone', 'nr_dirty')).toBe(0)
  expect([cached(gone), nodes(gone)]).toEqual([0, nodes(before)])
})

test('truncate takes shadows: a file read through a small memory has left some, and their nodes go', () => {
  const pages = 6000
  const kept = ran([open('f', pages), fread(pages)], pages)
  const cut = ran([open('f', pages), fread(pages), { op: 'truncate', r: 'f', start: 0 }, snap('cut'), fread(pages)], pages)
  expect(kept.recording.summary.delta.pgsteal_file).toBeGreaterThan(1000)
  const file = kept.mm.files.find((each) => each.path === '/f')
  expect(file?.slots.some((slot) => slot < 0)).toBe(true)
  expect(snapValue(cut.recording, 'cut', 'workingset_nodes')).toBe(0)
  expect(delta(cut.recording, 'workingset_refault_file')).toBe(0)
})

test('truncate waits for pages being written', () => {
  const cut = ran([open('f', FILE), fwrite(FILE), dontneed(), { op: 'truncate', r: 'f', start: 0 }, snap('cut')])
  expect(cached(cut)).toBe(0)
  expect(snapValue(cut.recording, 'cut', 'nr_writeback')).toBe(0)
  expect(cut.recording.summary.io.vda.writePages).toBe(FILE)
})

/** What the presets on slab caches promise, as outcomes of real runs on linux-6.1. */
import { expect, test } from 'vitest'
import type { Recording, Scenario } from '../../main/engine'
import { snapValue as at } from '../engine/support/run'
import { presetOf, runPreset, withSysctls } from './preset-run'

function run(id: string, set: Scenario['sysctls'] = {}): Recording {
  const recording = runPreset(id, { change: withSysctls(set) })
  expect(recording.summary.end, recording.summary.diagnosis).toBe('done')
  return recording
}

test('updatedb: the higher vfs_cache_pressure, the more of the file stays and the fewer inodes; the other way round at 1', () => {
  expect(presetOf('updatedb-inodes').variants.map(({ set }) => set)).toEqual([{ 'vm.vfs_cache_pressure': 1000 }, { 'vm.vfs_cache_pressure': 1 }])
  const stages = [1, 100, 1000].map(pressure => {
    const recording = run('updatedb-inodes', { 'vm.vfs_cache_pressure': pressure })
    const grown = (name: string, from: string, to: string) => at(recording, to, name) - at(recording, from, name)
    expect(at(recording, 'end', 'oom_kill')).toBe(0)
    return {
      slab: at(recording, 'walked', 'nr_slab_reclaimable'), files: at(recording, 'walked', 'nr_file_pages'), scanned: grown('slabs_scanned', 'file read', 'walked'),
      refaults: grown('workingset_refault_file', 'walked', 'file read again'),
      walks: recording.summary.tasks[0].phases.filter(phase => phase.op === 'stat').map(phase => phase.endNs - phase.startNs),
    }
  })
  const [low, usual, high] = stages
  expect(low.slab).toBeGreaterThan(1.5 * usual.slab)
  expect(usual.slab).toBeGreaterThan(1.1 * high.slab)
  expect(high.files).toBeGreaterThan(1.05 * usual.files)
  expect(usual.files).toBeGreaterThan(2 * low.files)
  expect(low.scanned).toBeLessThan(usual.scanned / 4)
  expect(high.scanned).toBeGreaterThan(usual.scanned)
  // Of the file's 40,000 pages none is left, most, nearly all.
  expect(low.refaults).toBe(40_000)
  expect(usual.refaults).toBeGreaterThan(10_000)
  expect(high.refaults).toBeLessThan(4000)
  expect(low.walks[1]).toBeLessThan(low.walks[0] / 2)
  expect(usual.walks[1]).toBeGreaterThan(0.8 * usual.walks[0])
})

test('pinned slab: with every 25th file open nine in ten objects go and nearly all pages stay', () => {
  const recording = run('slab-pinned')
  const slab = (label: string) => at(recording, label, 'nr_slab_reclaimable')
  expect(slab('walked')).toBeGreaterThan(50_000)
  expect(slab('dropped')).toBeLessThan(0.06 * slab('walked'))
  expect(slab('dropped, some open')).toBeGreaterThan(0.95 * slab('walked again'))
  expect(slab('dropped, none open')).toBe(slab('dropped'))
  // Objects between the two drops: six thousand files and every directory.
  const times = recording.series.times
  const pinned = recording.snapshots.find(each => each.label === 'dropped, some open')?.t ?? 0
  const objects = recording.series.columns[recording.series.ids.indexOf('slab.ext4_inode_cache.objects')]
  const after = objects[times.findIndex(time => time > pinned + 1e8)]
  expect(after).toBeLessThan(0.1 * Math.max(...objects))
  expect(after).toBeGreaterThanOrEqual(6000)
})

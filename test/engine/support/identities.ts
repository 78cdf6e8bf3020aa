/** What holds between the counters of every run, whatever happened in it. */
import { expect } from 'vitest'
import type { Recording } from '../../../main/engine/index'
import { delta } from './run'

/** `generations`: the multi-generational LRU was on; it counts protected pages as activated, and restored ones without. `invalidates`: somebody drops caches, which deactivates pages too. */
export function expectIdentities(recording: Recording, { generations = false, invalidates = false } = {}): void {
  const d = (name: string): number => delta(recording, name)
  expect(d('pgscan_kswapd') + d('pgscan_direct'), 'scanned by reclaimer = by type').toBe(d('pgscan_anon') + d('pgscan_file'))
  expect(d('pgsteal_kswapd') + d('pgsteal_direct'), 'stolen by reclaimer = by type').toBe(d('pgsteal_anon') + d('pgsteal_file'))
  expect(d('pgsteal_anon'), 'stolen <= scanned, anon').toBeLessThanOrEqual(d('pgscan_anon'))
  expect(d('pgsteal_file'), 'stolen <= scanned, file').toBeLessThanOrEqual(d('pgscan_file'))
  if (!invalidates) expect(d('pgdeactivate'), 'deactivated <= scanned active').toBeLessThanOrEqual(d('pgrefill'))
  expect(d('nr_written'), 'written <= submitted').toBeLessThanOrEqual(d('nr_dirtied') + d('pswpout'))
  expect(d('pgpgin'), 'pgpgin is whole pages').toBe(4 * Math.round(d('pgpgin') / 4))
  // What goes to zram and comes back is no block IO.
  if (recording.summary.swap?.some((area) => area.kind === 'zram') !== true) {
    expect(d('pswpin'), 'every swap-in was swapped out once').toBeLessThanOrEqual(d('pswpin') === 0 ? 0 : d('pgpgin') / 4)
    expect(d('pgpgout'), 'swap writes are part of pgpgout').toBeGreaterThanOrEqual(4 * d('pswpout'))
  }
  for (const type of generations ? [] : ['anon', 'file']) {
    expect(d(`workingset_activate_${type}`)).toBeLessThanOrEqual(d(`workingset_refault_${type}`))
    expect(d(`workingset_restore_${type}`)).toBeLessThanOrEqual(d(`workingset_activate_${type}`))
  }
  for (const name of Object.keys(recording.summary.delta)) expect(d(name), name).toBeGreaterThanOrEqual(0)
  const faults = recording.summary.tasks.flatMap((task) => task.phases).reduce((sum, p) => sum + p.minflt + p.majflt, 0)
  expect(d('pgfault'), 'every fault of a task is one in vmstat').toBeGreaterThanOrEqual(faults)
  const allocated = ['dma', 'dma32', 'normal', 'movable'].reduce((sum, zone) => sum + d(`pgalloc_${zone}`), 0)
  const free = recording.summary.gauge['nr_free_pages']
  const pcp = (label: 'start' | 'end'): number => recording.snapshots.find((s) => s.label === label)?.zones.reduce((sum, z) => sum + z.pcp.count, 0) ?? NaN
  // Compaction takes free pages off their lists without an allocation, as targets or captured whole; what it gives back or frees counts as freed all the same.
  const beyond = free.start + pcp('start') - allocated + d('pgfree') - (free.end + pcp('end'))
  expect(beyond, 'free pages = before - allocated + freed').toBeGreaterThanOrEqual(0)
  expect(beyond, 'free pages = before - allocated + freed, but for what compaction took').toBeLessThanOrEqual(d('compact_isolated') + 1024 * d('compact_success'))
  const stalls = ['dma', 'dma32', 'normal', 'movable'].reduce((sum, zone) => sum + d(`allocstall_${zone}`), 0)
  expect(recording.summary.directReclaim.count, 'every direct reclaim is an allocstall').toBeLessThanOrEqual(stalls)
  const times = recording.series.times
  for (let i = 1; i < times.length; i++) if (!(times[i] >= times[i - 1])) throw new Error(`sample ${i} lies before the one before it`)
}

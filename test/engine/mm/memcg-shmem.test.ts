/** tmpfs in memory cgroups: who pays for a page, in memory and in swap. */
import { expect, test } from 'vitest'
import type { ProcessSpec, Recording } from '../../../main/engine/index'
import { grouped, stateOf } from '../support/groups'
import type { Grouped } from '../support/groups'
import { delta, run } from '../support/run'
import { MIB, mmapf, sleep, snap, touch } from '../support/tiny'

const SHM = '/dev/shm/x'

function ran(parts: Omit<Grouped, 'files'>): Recording {
  return run(grouped({ machine: { pages: 16 * MIB, swapPages: 3000 }, files: [{ path: SHM, pages: 900, tmpfs: 1 }], ...parts })).recording
}

function process(name: string, memcg: string, phases: ProcessSpec['phases']): ProcessSpec {
  return { name, memcg, phases: [mmapf('s', 900, 0, SHM), ...phases] }
}

test('a tmpfs page is paid for by the group that made it, and stays when its task has gone', () => {
  const recording = ran({ memcgs: [{ path: 'a' }, { path: 'b' }], processes: [process('maker', 'a', [touch('s', 'w', 300), snap('made')]), process('user', 'b', [sleep(100), touch('s', 'r', 300), snap('used')])] })
  expect(stateOf(recording, 'a', 'made').stat).toMatchObject({ anon: 0, file: 300, shmem: 300, file_mapped: 300 })
  expect(stateOf(recording, 'b', 'used').stat).toMatchObject({ file: 0, shmem: 0 })
  expect(stateOf(recording, 'a').stat).toMatchObject({ anon: 0, shmem: 300, file_mapped: 0 })
})

test('over memory.max tmpfs goes to swap, on the group\'s account there too, and comes back to it', () => {
  const recording = ran({ memcgs: [{ path: 'a', max: 500 }, { path: 'b' }], processes: [process('maker', 'a', [touch('s', 'w', 900), snap('made'), sleep(500)]), process('user', 'b', [sleep(300), touch('s', 'r', 900), snap('used')])] })
  const made = stateOf(recording, 'a', 'made')
  expect(made.swap).toBeGreaterThan(350)
  expect(made.stat['shmem'] + made.swap).toBeGreaterThanOrEqual(900)
  expect(made.events['oom']).toBe(0)
  // Whoever reads them in, they are the maker's.
  expect(stateOf(recording, 'b', 'used').stat).toMatchObject({ shmem: 0 })
  expect(delta(recording, 'pswpin')).toBeGreaterThan(0)
  expect(stateOf(recording, 'a').peak).toBeLessThanOrEqual(500)
})

test('beyond memory.swap.max the group keeps its tmpfs, and nobody\'s death frees it', () => {
  const recording = ran({ memcgs: [{ path: 'a', max: 500, swapMax: 100 }], processes: [process('maker', 'a', [touch('s', 'w', 900)])], durationMs: 3000 })
  expect(recording.summary.tasks.find((task) => task.name === 'maker')?.end).toBe('killed')
  const a = stateOf(recording, 'a')
  expect(a.swap).toBe(100)
  // All that the limit allows; what could be written was still being written when the killer came.
  expect(a.stat['shmem'] + a.stat['swapcached'] + a.stat['kernel']).toBeGreaterThanOrEqual(499)
  expect(a.events['swap_max']).toBeGreaterThan(0)
})

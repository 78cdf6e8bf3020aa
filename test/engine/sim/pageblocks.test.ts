/** A zone as a map of pageblocks: every page is counted once, and compaction shows in it. */
import { expect, test } from 'vitest'
import { createSimulation } from '../../../main/engine/index'
import type { MachineState, PageblockMap } from '../../../main/engine/index'
import { pageblocks } from '../../../main/lab/proc/pageblocks'
import { procFiles } from '../../../main/lab/proc/proc-files'
import linux61 from '../../../plugins/kernels/linux-6.1'
import { MIB, machine, map, scenario, sleep, sysctl, touch } from '../support/tiny'

const MS = 1e6

function states(): readonly MachineState[] {
  const sim = createSimulation({
    scenario: scenario({
      machine: { ...machine({ zones: [{ node: 0, name: 'DMA', managed: 700 }, { node: 0, name: 'Normal', managed: 16 * MIB }] }), thp: 'madvise' },
      processes: [[
        map('a', 10 * MIB), touch('a', 'w', 10 * MIB), { op: 'dontneed', r: 'a', start: 0, len: 10 * MIB, stride: 2, run: 1 }, { op: 'map', r: 'h', pages: 1024, huge: 1 },
        { op: 'touch', r: 'h', rw: 'w', pat: 'seq', start: 0, len: 2, count: 2, stride: 512, rate: 0 }, { op: 'at', ms: 200 }, sysctl('vm.compact_memory', 1), sysctl('vm.nr_hugepages', 1), sleep(200),
      ]],
    }),
    kernel: linux61, policies: [], seed: 1, snapshotsAt: [0, 190 * MS, 300 * MS],
  })
  while (sim.step(1000));
  return sim.finish().states ?? []
}

const sum = (column: readonly number[]): number => column.reduce((total, n) => total + n, 0)
const wholeFree = (of: PageblockMap): number => of.free.filter((free, block) => free === of.pages[block]).length

test('each page of each block is one of free, movable, unmovable and huge', () => {
  for (const state of states()) {
    state.pageblocks.forEach((of, i) => {
      expect(sum(of.pages)).toBe(state.zones[i].managed)
      of.pages.forEach((pages, block) => expect([block, of.free[block] + of.movable[block] + of.unmovable[block] + of.huge[block]]).toEqual([block, pages]))
      const waiting = state.zones[i].pagesets.reduce((n, { count }) => n + count, 0)
      expect(sum(of.free)).toBe(state.zones[i].free + waiting)
      state.zones[i].blocksByType.forEach((blocks, type) => expect(of.type.filter((each) => each === type).length).toBe(blocks))
    })
  }
})

test('before compaction nearly every block has a page in it, after it free pages fill blocks; huge pages are told', () => {
  const [start, before, after] = states().map((state) => state.pageblocks[1])
  expect([sum(start.movable), sum(start.huge), wholeFree(start)]).toEqual([0, 0, 8])
  expect(sum(before.huge)).toBe(1024)
  expect(sum(after.huge)).toBe(1536)
  expect(sum(after.movable)).toBe(sum(before.movable))
  expect(wholeFree(after) + 1).toBeGreaterThan(wholeFree(before))
  expect(after.skip.some((skip) => skip === 1)).toBe(true)
})

test('printed: one letter a block, with the sums; meminfo and vmstat know the huge pages too', () => {
  const [, before, after] = states()
  const text = pageblocks(before)
  expect(text).toMatch(/^Pageblocks of 512 pages/)
  const letters = [...text.matchAll(/^ +\d+ {2}([-.mMuUH]+)$/gm)].map(([, line]) => line)
  expect(letters.map((line) => line.length)).toEqual([2, 8])
  expect([...letters.join('')].filter((letter) => letter === 'H').length).toBe(2)
  expect(text).toContain('Node 0, zone   Normal: 8 blocks (')
  const { meminfo, vmstat } = procFiles(after)
  expect(meminfo).toMatch(/AnonHugePages: +4096 kB/)
  expect(meminfo).toMatch(/HugePages_Total: +1\n/)
  expect(vmstat).toContain('nr_anon_transparent_hugepages 2\n')
})

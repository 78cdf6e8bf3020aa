/** Pages in per-cpu LRU batches, each entry with a reference. */
import { expect, test } from 'vitest'
import { folioRefs } from '../../../main/engine/mm/page'
import { checkMm } from '../../../main/engine/sim/check-mm'
import { folioMarkAccessed, lruAddDrain } from '../../../main/engine/mm/swap-lru'
import { idleMm } from '../support/idle'
import { run } from '../support/run'
import { fread, open, scenario } from '../support/tiny'
import { allocPageFast } from '../../../main/engine/mm/page-alloc'
import { GFP_HIGHUSER_MOVABLE } from '../../../main/engine/mm/gfp'
import { filemapAddFolio } from '../../../main/engine/mm/page-cache'
import { PG_ACTIVE, PG_UPTODATE } from '../../../main/engine/mm/page'

test('one page may fill the activate batch: every second access adds it until the batch is emptied', () => {
  const mm = idleMm()
  const pfn = allocPageFast(mm, GFP_HIGHUSER_MOVABLE, 0)
  filemapAddFolio(mm, mm.files[0], 0, pfn, PG_UPTODATE, false)
  lruAddDrain(mm)
  for (let access = 1; access <= 28; access++) {
    folioMarkAccessed(mm, pfn)
    expect(folioRefs(mm.frames.flags[pfn])).toBe(Math.floor(access / 2))
    checkMm(mm)
  }
  expect(mm.frames.flags[pfn] & PG_ACTIVE).toBe(0)
  folioMarkAccessed(mm, pfn)
  folioMarkAccessed(mm, pfn)
  expect([folioRefs(mm.frames.flags[pfn]), mm.frames.flags[pfn] & PG_ACTIVE, mm.vm.pgactivate]).toEqual([0, PG_ACTIVE, 1])
  checkMm(mm)
})

test('a few pages read over and over on several CPUs', () => {
  const hot = { pat: 'rand', seed: 3 } as const
  const { recording } = run(scenario({ machine: { cpus: 4 }, files: 3, processes: Array.from({ length: 4 }, () => [open('f', 3), fread(3, { ...hot, count: 400 })]) }), { everyTurns: 1 })
  expect(recording.summary.end).toBe('done')
})

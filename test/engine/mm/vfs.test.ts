/** Dentries and inodes one by one: who holds them, when they are listed, in which order they go, and what a shrinker is told. */
import { expect, test } from 'vitest'
import { dput, pruneDcacheSb } from '../../../main/engine/mm/dcache'
import { GFP_KERNEL, GFP_NOFS } from '../../../main/engine/mm/gfp'
import { pruneIcacheSb } from '../../../main/engine/mm/inode'
import type { Mm } from '../../../main/engine/mm/mm'
import { closePaths, pathLookup, readContent, statHit } from '../../../main/engine/mm/namei'
import { PG_UPTODATE } from '../../../main/engine/mm/page'
import { allocPageFast } from '../../../main/engine/mm/page-alloc'
import { filemapAddFolio, removeFromPageCache } from '../../../main/engine/mm/page-cache'
import { ScanControl } from '../../../main/engine/mm/scan-control'
import { SHRINK_STOP, shrinkSlab } from '../../../main/engine/mm/shrinker'
import type { ShrinkControl } from '../../../main/engine/mm/shrinker'
import type { SuperBlock } from '../../../main/engine/mm/super'
import { disownFolio, lruAddDrain } from '../../../main/engine/mm/swap-lru'
import { DCACHE_LRU_LIST, DCACHE_REFERENCED, D_CACHED, I_CACHED, I_LRU, I_REFERENCED } from '../../../main/engine/mm/vfs-flags'
import { checkMm } from '../../../main/engine/sim/check-mm'
import { finish, idleMm } from '../support/idle'

/** A mounted tree of `files`, four a directory, whose metadata is cached, so that no lookup waits. */
function mounted(files: number, sysctls: Parameters<typeof idleMm>[1] = {}): { mm: Mm; sb: SuperBlock } {
  const mm = idleMm({}, sysctls, [{ path: '/t', files, filesPerDirectory: 4, disk: 'vda' }])
  const sb = mm.vfs?.superBlocks[0]
  if (sb === undefined) throw new Error('nothing is mounted')
  for (let block = 0; block < sb.metadata.pages; block++) addPage(mm, sb.metadata, block)
  return { mm, sb }
}

function addPage(mm: Mm, file: SuperBlock['content'], index: number): number {
  const pfn = allocPageFast(mm, GFP_KERNEL, 0)
  filemapAddFolio(mm, file, index, pfn, PG_UPTODATE, false)
  lruAddDrain(mm)
  return pfn
}

function stat(mm: Mm, sb: SuperBlock, entry: number): void {
  if (statHit(mm, sb, entry)) return
  expect(finish(mm, pathLookup(mm, sb, entry))).toBe(true)
  dput(sb, entry)
}

function control(mm: Mm, over: Partial<ShrinkControl> = {}): ShrinkControl {
  return { gfp: GFP_KERNEL, node: mm.nodes[0], isKswapd: true, priority: 0, nrToScan: 0, reclaimed: 0, ...over }
}

const CACHED = D_CACHED | I_CACHED

test('the first look-up makes the path, the next one marks it as used', () => {
  const { mm, sb } = mounted(8)
  const [tree] = sb.trees
  stat(mm, sb, 1)
  expect([1, 8, tree.root].map((entry) => sb.flags[entry])).toEqual([CACHED | DCACHE_LRU_LIST, CACHED, CACHED])
  expect([1, 8, tree.root].map((entry) => sb.pins[entry])).toEqual([0, 1, 1])
  stat(mm, sb, 1)
  expect(sb.flags[1] & DCACHE_REFERENCED).toBe(DCACHE_REFERENCED)
  stat(mm, sb, 2)
  expect([sb.pins[8], sb.pins[tree.root], mm.vfs?.dentries.live, mm.vfs?.inodes.live]).toEqual([2, 1, 4, 4])
  checkMm(mm)
})

test('a dentry used again gets another round', () => {
  const { mm, sb } = mounted(8)
  for (const entry of [0, 1, 2]) stat(mm, sb, entry)
  stat(mm, sb, 0)
  // 0 is rotated to the tail, 1 goes.
  expect(pruneDcacheSb(mm, sb, 0, 2)).toBe(1)
  expect([0, 1, 2].map((entry) => sb.flags[entry] & (D_CACHED | DCACHE_REFERENCED))).toEqual([D_CACHED, 0, D_CACHED])
  // 2 goes, then 0, and with the last child its directory and the tree's.
  expect(pruneDcacheSb(mm, sb, 0, 2)).toBe(2)
  expect([...sb.flags].some((flags) => (flags & D_CACHED) !== 0)).toBe(false)
  expect(mm.vfs?.dentries.live).toBe(0)
  checkMm(mm)
})

test('an inode is listed when its dentry goes, and then goes itself; looked up between, it gets another round', () => {
  const { mm, sb } = mounted(8)
  stat(mm, sb, 0)
  stat(mm, sb, 1)
  expect(pruneIcacheSb(mm, sb, control(mm), 100)).toBe(0)
  pruneDcacheSb(mm, sb, 0, 100)
  expect([0, 1].map((entry) => sb.flags[entry])).toEqual([I_CACHED | I_LRU, I_CACHED | I_LRU])
  stat(mm, sb, 0)
  expect(sb.flags[0]).toBe(CACHED | DCACHE_LRU_LIST | I_LRU)
  pruneDcacheSb(mm, sb, 0, 100)
  expect(sb.flags[0]).toBe(I_CACHED | I_LRU | I_REFERENCED)
  // Order on the list: 0, 1, directory, tree; 0, the directory and the tree were used again.
  expect(pruneIcacheSb(mm, sb, control(mm), 4)).toBe(1)
  expect(sb.flags[1]).toBe(0)
  expect(pruneIcacheSb(mm, sb, control(mm), 100)).toBe(3)
  expect(mm.vfs?.inodes.live).toBe(0)
  checkMm(mm)
})

test('an inode in use again leaves the list when a walk meets it, and comes back later', () => {
  const { mm, sb } = mounted(8)
  stat(mm, sb, 0)
  pruneDcacheSb(mm, sb, 0, 100)
  stat(mm, sb, 0)
  expect(pruneIcacheSb(mm, sb, control(mm), 1)).toBe(1)
  expect(sb.flags[0]).toBe(CACHED | DCACHE_LRU_LIST)
  pruneDcacheSb(mm, sb, 0, 100)
  expect(sb.flags[0]).toBe(I_CACHED | I_LRU)
})

test('page cache keeps its inode; a lone shadow does not, but counts as a page stolen and gives one more round', () => {
  const { mm, sb } = mounted(8)
  const pfn = addContent(mm, sb, 0)
  pruneDcacheSb(mm, sb, 0, 100)
  expect(sb.flags[0]).toBe(I_CACHED)
  expect(pruneIcacheSb(mm, sb, control(mm), 100)).toBe(2)
  removeFromPageCache(mm, pfn, -5)
  disownFolio(mm, pfn)
  expect(sb.flags[0]).toBe(I_CACHED | I_LRU)
  checkMm(mm)
  const first = control(mm)
  // Stolen, and met again: its round is used up; not freed yet.
  expect(pruneIcacheSb(mm, sb, first, 2)).toBe(0)
  expect([sb.content.slots[0], first.reclaimed, mm.vm.kswapd_inodesteal, mm.vm.pginodesteal]).toEqual([0, 1, 1, 0])
  expect(sb.flags[0]).toBe(I_CACHED | I_LRU)
  expect(pruneIcacheSb(mm, sb, control(mm), 1)).toBe(1)
  expect([sb.flags[0], mm.vfs?.inodes.live]).toEqual([0, 0])
  checkMm(mm)
})

/** A file of the tree with its page cached. */
function addContent(mm: Mm, sb: SuperBlock, entry: number): number {
  expect(finish(mm, pathLookup(mm, sb, entry))).toBe(true)
  const pfn = addPage(mm, sb.content, entry)
  expect(finish(mm, readContent(mm, sb, entry))).toBe(true)
  dput(sb, entry)
  return pfn
}

test('the same by a task counts as pginodesteal', () => {
  const { mm, sb } = mounted(8)
  const pfn = addContent(mm, sb, 3)
  removeFromPageCache(mm, pfn, -5)
  disownFolio(mm, pfn)
  // Its dentry is cached: not listed yet.
  expect(sb.flags[3] & I_LRU).toBe(0)
  pruneDcacheSb(mm, sb, 0, 100)
  expect(pruneIcacheSb(mm, sb, control(mm, { isKswapd: false }), 100)).toBe(3)
  expect([mm.vm.pginodesteal, mm.vm.kswapd_inodesteal, mm.vfs?.inodes.live]).toEqual([1, 0, 0])
})

test('what a task has open stays, with the directories above it', () => {
  const { mm, sb } = mounted(8)
  for (let entry = 0; entry < 8; entry++) stat(mm, sb, entry)
  expect(finish(mm, pathLookup(mm, sb, 5))).toBe(true)
  mm.current.heldPaths.push({ sb, entry: 5 })
  expect(pruneDcacheSb(mm, sb, 0, 100)).toBe(8)
  const cached = (): number[] => [...sb.flags.keys()].filter((entry) => (sb.flags[entry] & D_CACHED) !== 0)
  expect(cached()).toEqual([5, 9, 10])
  checkMm(mm)
  closePaths(mm.current)
  pruneDcacheSb(mm, sb, 0, 100)
  expect(cached()).toEqual([])
  checkMm(mm)
})

test.each([[100, 250], [150, 375], [33, 82], [1000, 2500], [0, 0], [1, 2]])('vfs_cache_pressure %i: 250 objects count as %i', (pressure, counted) => {
  const { mm, sb } = mounted(250, { 'vm.vfs_cache_pressure': pressure })
  for (let entry = 0; entry < 250; entry++) stat(mm, sb, entry)
  expect(sb.dentryLru.count[0]).toBe(250)
  expect(sb.count(mm, mm.nodes[0])).toBe(counted)
})

test('a call is divided by the lengths of the lists, and looks at one of each at least', () => {
  const { mm, sb } = mounted(400)
  for (let entry = 0; entry < 400; entry++) stat(mm, sb, entry)
  // 100 dentries go; their inodes are listed, and those of 25 directories.
  pruneDcacheSb(mm, sb, 0, 100)
  const [dentries, inodes] = [sb.dentryLru.count[0], sb.inodeLru.count[0]]
  expect([dentries, inodes]).toEqual([300, 125])
  // 128 * 300 / 426 = 90 and one; 128 * 125 / 426 = 37 and one.
  expect(sb.scan(mm, control(mm, { nrToScan: 128 }))).toBe(91 + 38)
  // The 23rd directory keeps a child.
  expect([sb.dentryLru.count[0], sb.inodeLru.count[0]]).toEqual([300 - 91, 125 - 38 + 91 + 22])
  checkMm(mm)
})

test('without __GFP_FS nothing is touched: the work is put off', () => {
  const { mm, sb } = mounted(2000)
  for (let entry = 0; entry < 2000; entry++) stat(mm, sb, entry)
  expect(sb.scan(mm, control(mm, { gfp: GFP_NOFS, nrToScan: 128 }))).toBe(SHRINK_STOP)
  const sc = new ScanControl('direct')
  sc.priority = 1
  sc.gfp = GFP_NOFS
  finish(mm, shrinkSlab(mm, mm.nodes[0], sc))
  expect([sb.dentryLru.count[0], sb.nrDeferred[0], mm.vm.slabs_scanned, sc.nrReclaimed]).toEqual([2000, 2000, 0, 0])
  // Who may enter file systems does it: half of what was put off, and this pass's 2000, in whole batches.
  sc.gfp = GFP_KERNEL
  finish(mm, shrinkSlab(mm, mm.nodes[0], sc))
  expect(mm.vm.slabs_scanned).toBe(2048)
  expect(sb.nrDeferred[0]).toBe(2000 + 2000 - 2048)
  expect(sc.nrReclaimed).toBeGreaterThan(0)
})

test('pages that come free count as reclaimed, and only those', () => {
  const { mm, sb } = mounted(2100)
  for (let entry = 0; entry < 2100; entry++) stat(mm, sb, entry)
  const before = mm.nodes[0].stat.nr_slab_reclaimable
  const sc = new ScanControl('kswapd')
  sc.priority = 0
  sc.gfp = GFP_KERNEL
  finish(mm, shrinkSlab(mm, mm.nodes[0], sc))
  expect(mm.nodes[0].stat.nr_slab_reclaimable).toBe(before - sc.nrReclaimed)
  expect(sc.nrReclaimed).toBeGreaterThan(100)
})

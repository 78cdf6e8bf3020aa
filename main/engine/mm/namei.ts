/**
 * Looking a path up: from the dentry cache, or with a directory block and an inode-table block read from disk and two objects made.
 * Source: fs/namei.c:link_path_walk, lookup_slow; fs/dcache.c:d_alloc_parallel, d_splice_alias; fs/inode.c:iget_locked; fs/ext4/inode.c:__ext4_get_inode_loc (v6.1).
 * Simplifications: metadata pages are movable, as data pages are; no negative dentries; struct file and the names themselves take no memory.
 */
import type { Episode } from '../core/clock'
import { BLOCK } from '../core/clock'
import { dput } from './dcache'
import { GFP_KERNEL, GFP_NOFS } from './gfp'
import { freeInode, iput } from './inode'
import { kmemCacheAlloc, kmemCacheFree } from './kmem-cache'
import type { Mm } from './mm'
import { PG_LOCKED } from './page'
import { findPage, waitOnPageLocked } from './page-cache'
import { doPageCacheRa, readOnePage } from './readahead'
import type { SuperBlock } from './super'
import { folioMarkAccessed } from './swap-lru'
import type { Task } from './task'
import { WaitQueue } from './task'
import { D_CACHED, I_CACHED } from './vfs-flags'

/** Blocks of the inode table read with a missing one (inode_readahead_blks, ext4's default). */
const INODE_READAHEAD_BLOCKS = 32

/** An entry of a file system that somebody has open: its dentry is held. */
export interface HeldPath {
  readonly sb: SuperBlock
  readonly entry: number
}

/** stat() of a path whose dentry is cached: charged for, and used once more. false: it must be looked up. */
export function statHit(mm: Mm, sb: SuperBlock, entry: number): boolean {
  if ((sb.flags[entry] & D_CACHED) === 0) return false
  mm.clock.now += mm.cost.statHit
  sb.pins[entry]++
  dput(sb, entry)
  return true
}

/** path_lookupat: the dentry is cached and held when it answers true; dput lets go. false: out of memory. */
export function* pathLookup(mm: Mm, sb: SuperBlock, entry: number): Episode<boolean> {
  mm.clock.now += mm.cost.statHit
  return yield* walkComponent(mm, sb, entry)
}

/** One component of a path, after those above it. The hold on a parent becomes its new child's. */
function* walkComponent(mm: Mm, sb: SuperBlock, entry: number): Episode<boolean> {
  if (holdCached(sb, entry)) return true
  const parent = sb.parentOf(entry)
  if (parent >= 0 && !(yield* walkComponent(mm, sb, parent))) return false
  const made = yield* lookupSlow(mm, sb, entry)
  if (made) return true
  const found = holdCached(sb, entry)
  if (parent >= 0) dput(sb, parent)
  return found
}

function holdCached(sb: SuperBlock, entry: number): boolean {
  if ((sb.flags[entry] & D_CACHED) === 0) return false
  sb.pins[entry]++
  return true
}

/** lookup_slow: a new dentry, held, under a parent that is held. false: somebody else has made it, or there is no memory. */
function* lookupSlow(mm: Mm, sb: SuperBlock, entry: number): Episode<boolean> {
  const { dentries } = sb.vfs
  for (;;) {
    const slab = yield* kmemCacheAlloc(mm, dentries, GFP_KERNEL)
    if (slab < 0) return false
    const other = sb.lookups.get(entry)
    if (other === undefined && (sb.flags[entry] & D_CACHED) === 0) {
      sb.lookups.set(entry, { slab, waiters: new WaitQueue() })
      return yield* fillDentry(mm, sb, entry, slab)
    }
    kmemCacheFree(mm, dentries, slab)
    if (other === undefined) return false
    mm.sched.sleep('d_wait_lookup', Infinity, other.waiters)
    yield BLOCK
    if ((sb.flags[entry] & D_CACHED) !== 0) return false
  }
}

/** The file system's lookup: finds the name in the directory, then the inode, cached or read. */
function* fillDentry(mm: Mm, sb: SuperBlock, entry: number, slab: number): Episode<boolean> {
  mm.clock.now += mm.cost.statMiss
  const found = (yield* readBlock(mm, sb, sb.nameBlockOf(entry))) && (yield* iget(mm, sb, entry))
  const waiters = sb.lookups.get(entry)?.waiters
  sb.lookups.delete(entry)
  if (waiters !== undefined) mm.sched.wakeAll(waiters)
  if (!found) {
    kmemCacheFree(mm, sb.vfs.dentries, slab)
    if ((sb.flags[entry] & I_CACHED) !== 0) iput(sb, entry)
    return false
  }
  sb.dentrySlab[entry] = slab
  sb.flags[entry] |= D_CACHED
  sb.pins[entry] = 1
  return true
}

/** iget_locked, and ext4_iget for a new one. The lookup under way holds the inode. */
function* iget(mm: Mm, sb: SuperBlock, entry: number): Episode<boolean> {
  if ((sb.flags[entry] & I_CACHED) !== 0) return true
  const slab = yield* kmemCacheAlloc(mm, sb.vfs.inodes, GFP_NOFS)
  if (slab < 0) return false
  sb.inodeSlab[entry] = slab
  sb.flags[entry] |= I_CACHED
  if (yield* readBlock(mm, sb, sb.inodeBlockOf(entry))) return true
  freeInode(mm, sb, entry)
  return false
}

/** sb_bread of a directory block; of an inode-table block with its neighbours. false: out of memory. */
function* readBlock(mm: Mm, sb: SuperBlock, block: number): Episode<boolean> {
  const { metadata } = sb
  let ahead = block < sb.inodeTableBlocks
  for (;;) {
    const pfn = findPage(metadata, block)
    if (pfn < 0) {
      if (ahead) {
        ahead = false
        const first = block & ~(INODE_READAHEAD_BLOCKS - 1)
        // The kernel's loop includes the block after the last.
        yield* doPageCacheRa(mm, metadata, first, Math.min(INODE_READAHEAD_BLOCKS + 1, sb.inodeTableBlocks - first), 0)
      } else if (!(yield* readOnePage(mm, metadata, block))) return false
    } else if ((mm.frames.flags[pfn] & PG_LOCKED) !== 0) yield* waitOnPageLocked(mm, pfn)
    else {
      folioMarkAccessed(mm, pfn)
      return true
    }
  }
}

/** read() of a held file's only page. false: out of memory. */
export function* readContent(mm: Mm, sb: SuperBlock, entry: number): Episode<boolean> {
  const { content } = sb
  for (;;) {
    const pfn = findPage(content, entry)
    if (pfn < 0) {
      mm.clock.now += mm.cost.readMissOverhead
      if (!(yield* readOnePage(mm, content, entry))) return false
    } else if ((mm.frames.flags[pfn] & PG_LOCKED) !== 0) yield* waitOnPageLocked(mm, pfn)
    else {
      mm.clock.now += mm.cost.readHit
      folioMarkAccessed(mm, pfn)
      return true
    }
  }
}

/** do_exit: everything the task had open is let go. */
export function closePaths(task: Task): void {
  for (const { sb, entry } of task.heldPaths) dput(sb, entry)
  task.heldPaths.length = 0
}

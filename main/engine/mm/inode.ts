/**
 * Inodes: who holds one, and how the unused ones go. A cached dentry holds its inode, so inodes go after their dentries; one with pages in the page cache stays until those are
 * reclaimed.
 * Source: fs/inode.c:iput_final, __inode_add_lru, inode_lru_isolate, prune_icache_sb, evict; include/linux/pagemap.h:mapping_shrinkable (v6.1, without highmem).
 * Simplification: no inode is dirty (as with noatime).
 */
import { kmemCacheFree } from './kmem-cache'
import { LRU_REMOVED, LRU_RETRY, LRU_ROTATE } from './list-lru'
import type { LruStatus } from './list-lru'
import type { Mm } from './mm'
import type { ShrinkControl } from './shrinker'
import type { SuperBlock } from './super'
import { D_CACHED, I_CACHED, I_LRU, I_REFERENCED } from './vfs-flags'
import { xaClearShadow } from './xarray'

/** i_count > 0: a dentry holds it, or a lookup that is about to make one. */
function inUse(sb: SuperBlock, entry: number): boolean {
  return (sb.flags[entry] & D_CACHED) !== 0 || sb.lookups.has(entry)
}

/** __inode_add_lru: an unused inode without pages comes onto the list. `rotate`: one that is there already was used again. */
export function inodeAddLru(sb: SuperBlock, entry: number, rotate: boolean): void {
  if (inUse(sb, entry) || !sb.shrinkable(entry)) return
  if ((sb.flags[entry] & I_LRU) !== 0) {
    if (rotate) sb.flags[entry] |= I_REFERENCED
    return
  }
  sb.flags[entry] |= I_LRU
  sb.inodeLru.add(entry, sb.vfs.inodes.slab(sb.inodeSlab[entry]).node)
}

/** iput by the last holder. */
export function iput(sb: SuperBlock, entry: number): void {
  inodeAddLru(sb, entry, true)
}

/** prune_icache_sb. Returns how many left the list. */
export function pruneIcacheSb(mm: Mm, sb: SuperBlock, control: ShrinkControl, nr: number): number {
  const freeable: number[] = []
  const isolated = sb.inodeLru.walk(control.node.id, nr, (entry) => {
    mm.clock.now += mm.cost.shrinkerObject
    return isolateInode(mm, sb, control, entry, freeable)
  })
  for (const entry of freeable) {
    mm.clock.now += mm.cost.shrinkerFree
    freeInode(mm, sb, entry)
  }
  return isolated
}

/** inode_lru_isolate. */
function isolateInode(mm: Mm, sb: SuperBlock, control: ShrinkControl, entry: number, freeable: number[]): LruStatus {
  // In use again, or with pages again: it comes back when that ends.
  if (inUse(sb, entry) || !sb.shrinkable(entry)) {
    sb.flags[entry] &= ~(I_LRU | I_REFERENCED)
    return LRU_REMOVED
  }
  if ((sb.flags[entry] & I_REFERENCED) !== 0) {
    sb.flags[entry] &= ~I_REFERENCED
    return LRU_ROTATE
  }
  if (entry < sb.firstFile && sb.content.slots[entry] !== 0) {
    stealShadow(mm, sb, control, entry)
    return LRU_RETRY
  }
  sb.flags[entry] &= ~I_LRU
  freeable.push(entry)
  return LRU_REMOVED
}

/**
 * invalidate_mapping_pages of a file whose only page left its shadow in the root of the tree: the shadow counts as a page reclaimed, and the inode, held meanwhile, as used again.
 * Without highmem nothing else is ever stolen from an inode.
 */
function stealShadow(mm: Mm, sb: SuperBlock, control: ShrinkControl, entry: number): void {
  xaClearShadow(mm, sb.content, entry)
  if (control.isKswapd) mm.vm.kswapd_inodesteal++
  else mm.vm.pginodesteal++
  control.reclaimed++
  sb.flags[entry] |= I_REFERENCED
}

/** Gives the object back: evicted, or a lookup could not read it. */
export function freeInode(mm: Mm, sb: SuperBlock, entry: number): void {
  kmemCacheFree(mm, sb.vfs.inodes, sb.inodeSlab[entry])
  sb.flags[entry] &= ~(I_CACHED | I_LRU | I_REFERENCED)
}

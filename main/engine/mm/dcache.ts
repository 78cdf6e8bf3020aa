/**
 * Dentries: who holds one, and how the unused ones go.
 * Source: fs/dcache.c:dput, retain_dentry, dentry_lru_isolate, prune_dcache_sb, shrink_dentry_list, __dentry_kill (v6.1). Simplification: no negative dentries.
 */
import { iput } from './inode'
import { kmemCacheFree } from './kmem-cache'
import { LRU_REMOVED, LRU_ROTATE } from './list-lru'
import type { Mm } from './mm'
import type { SuperBlock } from './super'
import { DCACHE_LRU_LIST, DCACHE_REFERENCED, D_CACHED } from './vfs-flags'

/** dput: the last one to let go puts an unlisted dentry on the list, and marks a listed one as used again. */
export function dput(sb: SuperBlock, entry: number): void {
  if (--sb.pins[entry] > 0) return
  if ((sb.flags[entry] & DCACHE_LRU_LIST) !== 0) sb.flags[entry] |= DCACHE_REFERENCED
  else {
    sb.flags[entry] |= DCACHE_LRU_LIST
    sb.dentryLru.add(entry, nodeOf(sb, entry))
  }
}

function nodeOf(sb: SuperBlock, entry: number): number {
  return sb.vfs.dentries.slab(sb.dentrySlab[entry]).node
}

/** prune_dcache_sb: those in use leave the list, those used again get another round, the others go. Returns how many left the list. */
export function pruneDcacheSb(mm: Mm, sb: SuperBlock, node: number, nr: number): number {
  const dispose: number[] = []
  const isolated = sb.dentryLru.walk(node, nr, (entry) => {
    mm.clock.now += mm.cost.shrinkerObject
    if (sb.pins[entry] > 0) {
      sb.flags[entry] &= ~DCACHE_LRU_LIST
      return LRU_REMOVED
    }
    if ((sb.flags[entry] & DCACHE_REFERENCED) !== 0) {
      sb.flags[entry] &= ~DCACHE_REFERENCED
      return LRU_ROTATE
    }
    sb.flags[entry] &= ~DCACHE_LRU_LIST
    dispose.push(entry)
    return LRU_REMOVED
  })
  shrinkDentryList(mm, sb, dispose)
  return isolated
}

/** shrink_dentry_list: a directory whose last child goes, goes after it. */
function shrinkDentryList(mm: Mm, sb: SuperBlock, list: number[]): void {
  for (let i = 0; i < list.length; i++) {
    const entry = list[i]
    const parent = sb.parentOf(entry)
    if (parent >= 0 && --sb.pins[parent] === 0) {
      if ((sb.flags[parent] & DCACHE_LRU_LIST) !== 0) sb.dentryLru.remove(parent, nodeOf(sb, parent))
      list.push(parent)
    }
    mm.clock.now += mm.cost.shrinkerFree
    kmemCacheFree(mm, sb.vfs.dentries, sb.dentrySlab[entry])
    sb.flags[entry] &= ~(D_CACHED | DCACHE_LRU_LIST | DCACHE_REFERENCED)
    iput(sb, entry)
  }
}

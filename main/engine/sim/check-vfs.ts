/** Invariants of dentries, inodes and the slabs they lie in. Part of checkMm; which frames slabs own is checked with the kernel's pages. */
import type { KmemCache, Slab } from '../mm/kmem-cache'
import type { ListLru } from '../mm/list-lru'
import type { Mm } from '../mm/mm'
import type { SuperBlock, Vfs } from '../mm/super'
import { DCACHE_LRU_LIST, DCACHE_REFERENCED, D_CACHED, I_CACHED, I_LRU, I_REFERENCED } from '../mm/vfs-flags'
import { fail, same } from './check-fail'

/** Where a slab is; see mm/kmem-cache.ts. */
const ON_CPU = 0
const PARTIAL = 1
const FULL = 2

export function checkVfs(mm: Mm): void {
  if (mm.vfs === undefined) return
  const { dentries, inodes, superBlocks } = mm.vfs
  const inDentries = new Map<number, number>()
  const inInodes = new Map<number, number>()
  for (const sb of superBlocks) checkSuperBlock(mm, sb, inDentries, inInodes)
  checkCache(dentries, inDentries)
  checkCache(inodes, inInodes)
}

/** Every page of both caches. */
export function* vfsPages(vfs: Vfs): Iterable<{ readonly pfn: number; readonly name: string }> {
  for (const cache of [vfs.dentries, vfs.inodes]) {
    for (const slab of cache.slabs) {
      if (slab === undefined) continue
      for (let pfn = slab.pfn; pfn < slab.pfn + (1 << slab.order); pfn++) yield { pfn, name: cache.name }
    }
  }
}

/** `objects`: how many entries say that they lie in each slab. */
function checkCache(cache: KmemCache, objects: ReadonlyMap<number, number>): void {
  let live = 0
  let pages = 0
  let partial = 0
  for (const slab of cache.slabs) {
    if (slab === undefined) continue
    same(objects.get(slab.id) ?? 0, slab.inUse, `${cache.name}: objects in slab ${slab.id}`)
    same(cache.objectsOf(slab.order), slab.objects, `${cache.name}: room in slab ${slab.id}`)
    if (slab.inUse > slab.objects) fail(`${cache.name}: ${slab.inUse} objects in slab ${slab.id} with room for ${slab.objects}`)
    const onCpu = cache.cpuSlab.filter((each) => each === slab).length
    if (onCpu !== (slab.where === ON_CPU ? 1 : 0)) fail(`${cache.name}: slab ${slab.id} is the slab of ${onCpu} CPUs`)
    if (slab.where === FULL && slab.inUse !== slab.objects) fail(`${cache.name}: slab ${slab.id} is called full with ${slab.inUse} objects`)
    if (slab.where === PARTIAL) {
      partial++
      if (slab.inUse === slab.objects) fail(`${cache.name}: full slab ${slab.id} is on a partial list`)
    }
    live += slab.inUse
    pages += 1 << slab.order
  }
  same(live, cache.live, `${cache.name}: objects`)
  same(pages, cache.pages, `${cache.name}: pages`)
  const listed = cache.partial.reduce((sum, list, node) => sum + checkPartial(cache, list.head, list.nr, node), 0)
  same(listed, partial, `${cache.name}: slabs on partial lists`)
}

function checkPartial(cache: KmemCache, head: Slab | undefined, nr: number, node: number): number {
  let n = 0
  let empty = 0
  for (let slab = head; slab !== undefined; slab = slab.next) {
    if (slab.where !== PARTIAL || slab.node !== node || cache.slabs[slab.id] !== slab) fail(`${cache.name}: slab ${slab.id} is on the partial list of node ${node}`)
    if (slab.inUse === 0) empty++
    n++
  }
  same(n, nr, `${cache.name}: partial slabs of node ${node}`)
  if (empty > cache.minPartial) fail(`${cache.name}: node ${node} keeps ${empty} empty slabs`)
  return n
}

function checkSuperBlock(mm: Mm, sb: SuperBlock, inDentries: Map<number, number>, inInodes: Map<number, number>): void {
  const holds = new Map<number, number>()
  const hold = (entry: number): void => void holds.set(entry, (holds.get(entry) ?? 0) + 1)
  const count = (map: Map<number, number>, slab: number): void => void map.set(slab, (map.get(slab) ?? 0) + 1)
  for (const { slab } of sb.lookups.values()) count(inDentries, slab)
  for (const task of mm.tasks) for (const path of task.heldPaths) if (path.sb === sb) hold(path.entry)
  for (let entry = 0; entry < sb.entries; entry++) {
    const flags = sb.flags[entry]
    const at = `entry ${entry} of ${sb.name} with flags ${flags}`
    if ((flags & D_CACHED) !== 0) {
      count(inDentries, sb.dentrySlab[entry])
      const parent = sb.parentOf(entry)
      if (parent >= 0) hold(parent)
      if ((flags & I_CACHED) === 0) fail(`${at} has a dentry and no inode`)
      if (sb.pins[entry] === 0 && (flags & DCACHE_LRU_LIST) === 0) fail(`${at} is unused and on no list`)
    } else if ((flags & (DCACHE_LRU_LIST | DCACHE_REFERENCED)) !== 0) fail(`${at} has no dentry`)
    if ((flags & I_CACHED) !== 0) count(inInodes, sb.inodeSlab[entry])
    else if ((flags & (I_LRU | I_REFERENCED)) !== 0 || !empty(sb, entry)) fail(`${at} has no inode`)
    if ((flags & (I_CACHED | D_CACHED | I_LRU)) === I_CACHED && sb.shrinkable(entry) && !sb.lookups.has(entry)) fail(`${at}: its inode is unused and on no list`)
  }
  for (let entry = 0; entry < sb.entries; entry++) {
    const held = holds.get(entry) ?? 0
    if (sb.pins[entry] < held || (sb.walkers === 0 && sb.pins[entry] !== held)) fail(`entry ${entry} of ${sb.name} is held ${sb.pins[entry]} times, ${held} holders are known`)
    if (held > 0 && (sb.flags[entry] & D_CACHED) === 0) fail(`entry ${entry} of ${sb.name} is held and not cached`)
  }
  checkLru(sb, sb.dentryLru, DCACHE_LRU_LIST, (entry) => sb.vfs.dentries.slab(sb.dentrySlab[entry]).node)
  checkLru(sb, sb.inodeLru, I_LRU, (entry) => sb.vfs.inodes.slab(sb.inodeSlab[entry]).node)
}

/** No page and no shadow of the entry is left. */
function empty(sb: SuperBlock, entry: number): boolean {
  return entry < sb.firstFile ? sb.content.slots[entry] === 0 : sb.files[entry - sb.firstFile].nodesInUse === 0
}

function checkLru(sb: SuperBlock, lru: ListLru, flag: number, nodeOf: (entry: number) => number): void {
  let listed = 0
  lru.count.forEach((count, node) => {
    let n = 0
    for (let at = lru.head[node]; at !== 0; at = lru.next[at - 1]) {
      if ((sb.flags[at - 1] & flag) === 0 || nodeOf(at - 1) !== node) fail(`entry ${at - 1} of ${sb.name} is on the list of node ${node} with flags ${sb.flags[at - 1]}`)
      if (++n > sb.entries) fail(`a list of ${sb.name} is a ring`)
    }
    same(n, count, `${sb.name}: entries on the list of node ${node}`)
    listed += n
  })
  let flagged = 0
  for (const flags of sb.flags) if ((flags & flag) !== 0) flagged++
  same(listed, flagged, `${sb.name}: entries on lists`)
}

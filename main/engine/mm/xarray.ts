/**
 * Page cache slots: store, erase and shadow, with the node memory that follows (lib/xarray.c, mm/workingset.c:workingset_update_node, v6.1). When a file's tree becomes empty, its
 * inode is told (inode_add_lru). Simplification: only files of a tree (file-tree.ts) keep a lone first page in the root, without a node.
 */
import type { FileMapping } from './file'
import { XA_CHUNK_SHIFT } from './file'
import { XA_NODE_BYTES, chargeObject, unchargeObject } from './memcg-stock'
import type { Mm } from './mm'
import { slabAllocNofail, slabFree } from './slab'

/** Puts a frame into a slot (empty or a value). */
export function xaStorePage(mm: Mm, file: FileMapping, index: number, pfn: number): void {
  if (file.separate) {
    file.slots[index] = pfn + 1
    file.nrPages++
    return
  }
  const node = index >>> XA_CHUNK_SHIFT
  const old = file.slots[index]
  if (old < 0) dropShadowCount(mm, file, node)
  else ensureNode(mm, file, node)
  file.slots[index] = pfn + 1
  if (file.nodePages[node]++ === 0 && file.nodeShadows[node] > 0 && !file.tmpfs) mm.nodes[0].stat.workingset_nodes--
  file.nrPages++
}

/** Takes the page out of a slot, leaving a value (negative: a shadow, or a tmpfs page's swap entry) or nothing (0). */
export function xaErasePage(mm: Mm, file: FileMapping, index: number, value: number): void {
  const node = index >>> XA_CHUNK_SHIFT
  file.slots[index] = value
  file.nrPages--
  if (file.separate) {
    file.host?.cacheEmptied(index)
    return
  }
  const wasListed = isListed(file, node)
  file.nodePages[node]--
  if (value < 0) file.nodeShadows[node]++
  if (!wasListed && isListed(file, node)) {
    mm.nodes[0].stat.workingset_nodes++
    mm.shadowNodes.listed(file, node)
  }
  freeNodeIfEmpty(mm, file, node)
}

/** Forgets a value: the file is truncated, or the shadow shrinker took its node. */
export function xaClearShadow(mm: Mm, file: FileMapping, index: number): void {
  const node = index >>> XA_CHUNK_SHIFT
  file.slots[index] = 0
  if (file.separate) return
  dropShadowCount(mm, file, node)
  freeNodeIfEmpty(mm, file, node)
}

function dropShadowCount(mm: Mm, file: FileMapping, node: number): void {
  const wasListed = isListed(file, node)
  file.nodeShadows[node]--
  if (wasListed && !isListed(file, node)) mm.nodes[0].stat.workingset_nodes--
  // xaStorePage un-lists a node that gets its first page; here the last shadow left.
}

/** Nodes that hold nothing but shadows are on the shadow shrinker's list; a tmpfs file's swap entries are not to be forgotten (mapping_set_update). */
function isListed(file: FileMapping, node: number): boolean {
  return file.nodePages[node] === 0 && file.nodeShadows[node] > 0 && !file.tmpfs
}

function ensureNode(mm: Mm, file: FileMapping, leaf: number): void {
  if (file.nodePages[leaf] + file.nodeShadows[leaf] > 0) return
  slabAllocNofail(mm, mm.slabs.radixTreeNode)
  file.nodesInUse++
  if (mm.memcgOf !== undefined) chargeNode(mm, file, leaf)
  let child = leaf
  let first = file.nodePages.length
  for (const level of file.upper) {
    child >>>= XA_CHUNK_SHIFT
    if (level[child]++ > 0) return
    slabAllocNofail(mm, mm.slabs.radixTreeNode)
    if (mm.memcgOf !== undefined) chargeNode(mm, file, first + child)
    first += level.length
  }
}

/** A file's nodes are charged to whoever's task made them (XA_FLAGS_ACCOUNT); `node` counts leaves first, then the levels above. */
function chargeNode(mm: Mm, file: FileMapping, node: number): void {
  const { memcg } = mm.current
  if (memcg === 0) return
  file.nodeMemcg ??= new Uint16Array(file.upper.reduce((sum, level) => sum + level.length, file.nodePages.length))
  file.nodeMemcg[node] = memcg
  chargeObject(mm, memcg, XA_NODE_BYTES)
}

function unchargeNode(mm: Mm, file: FileMapping, node: number): void {
  const memcg = file.nodeMemcg?.[node] ?? 0
  if (memcg === 0 || file.nodeMemcg === undefined) return
  file.nodeMemcg[node] = 0
  unchargeObject(mm, memcg, XA_NODE_BYTES)
}

function freeNodeIfEmpty(mm: Mm, file: FileMapping, leaf: number): void {
  if (file.nodePages[leaf] + file.nodeShadows[leaf] > 0) return
  slabFree(mm, mm.slabs.radixTreeNode)
  unchargeNode(mm, file, leaf)
  if (--file.nodesInUse === 0) file.host?.cacheEmptied(0)
  let child = leaf
  let first = file.nodePages.length
  for (const level of file.upper) {
    child >>>= XA_CHUNK_SHIFT
    if (--level[child] > 0) return
    slabFree(mm, mm.slabs.radixTreeNode)
    unchargeNode(mm, file, first + child)
    first += level.length
  }
}

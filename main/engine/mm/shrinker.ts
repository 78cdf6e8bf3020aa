/**
 * Slab shrinkers: after each pass over the LRU lists, caches give back a share of their objects. Modelled so far: page-cache nodes that hold nothing but shadows.
 * Source: mm/vmscan.c:do_shrink_slab; mm/workingset.c:count_shadow_nodes, shadow_lru_isolate (v6.1).
 */
import type { FileMapping } from './file'
import { XA_CHUNK_SHIFT } from './file'
import type { Mm } from './mm'
import type { Pgdat } from './mmzone'
import type { ScanControl } from './scan-control'
import { xaClearShadow } from './xarray'

const SHRINK_BATCH = 128

/** Nodes in the order in which they came to hold only shadows. Entries go stale when a page comes back; they are skipped. */
export class ShadowNodes {
  readonly #files: FileMapping[] = []
  readonly #nodes: number[] = []
  #head = 0
  deferred = 0

  listed(file: FileMapping, node: number): void {
    this.#files.push(file)
    this.#nodes.push(node)
  }

  /** The oldest node that still holds only shadows; undefined when there is none. */
  next(): { file: FileMapping; node: number } | undefined {
    while (this.#head < this.#nodes.length) {
      const file = this.#files[this.#head]
      const node = this.#nodes[this.#head]
      this.#head++
      if (this.#head > 4096 && this.#head * 2 > this.#nodes.length) this.#compact()
      if (file.nodePages[node] === 0 && file.nodeShadows[node] > 0) return { file, node }
    }
    return undefined
  }

  #compact(): void {
    this.#files.splice(0, this.#head)
    this.#nodes.splice(0, this.#head)
    this.#head = 0
  }
}

/** count_shadow_nodes: what goes beyond one node for eight pages of memory. */
function countShadowNodes(node: Pgdat): number {
  let present = 0
  for (const zone of node.populated()) present += zone.present
  return Math.max(0, node.stat.workingset_nodes - Math.floor(present / 8))
}

/** shrink_slab for one node: pages that came free count as reclaimed. */
export function shrinkSlab(mm: Mm, node: Pgdat, sc: ScanControl): void {
  const freeable = countShadowNodes(node)
  if (freeable === 0) return
  const shadows = mm.shadowNodes
  const before = mm.slabs.radixTreeNode.pages.length
  // seeks is 0 for shadows: half of them each time, whatever the priority.
  const delta = Math.floor(freeable / 2)
  const total = Math.min(Math.floor(shadows.deferred / (1 << sc.priority)) + delta, 2 * freeable)
  let left = total
  while (left >= SHRINK_BATCH || left >= freeable) {
    const batch = Math.min(SHRINK_BATCH, left)
    for (let i = 0; i < batch; i++) if (!reclaimOne(mm, node)) break
    mm.vm.slabs_scanned += batch
    left -= batch
    if (left === 0) break
  }
  shadows.deferred = Math.max(0, Math.min(shadows.deferred + delta - (total - left), 2 * freeable))
  sc.nrReclaimed += before - mm.slabs.radixTreeNode.pages.length
}

/** shadow_lru_isolate: forgets every shadow of the oldest such node, which frees it. */
function reclaimOne(mm: Mm, node: Pgdat): boolean {
  const found = mm.shadowNodes.next()
  if (found === undefined) return false
  const first = found.node << XA_CHUNK_SHIFT
  const end = Math.min(first + (1 << XA_CHUNK_SHIFT), found.file.pages)
  for (let index = first; index < end; index++) if (found.file.slots[index] < 0) xaClearShadow(mm, found.file, index)
  node.stat.workingset_nodereclaim++
  mm.clock.now += mm.cost.removeMapping
  return true
}

/**
 * Page-cache nodes that hold nothing but shadows, and their shrinker.
 * Source: mm/workingset.c:count_shadow_nodes, scan_shadow_nodes, shadow_lru_isolate (v6.1). Simplification: all are counted on node 0.
 */
import type { FileMapping } from './file'
import { XA_CHUNK_SHIFT } from './file'
import type { Mm } from './mm'
import type { Pgdat } from './mmzone'
import type { ShrinkControl, Shrinker } from './shrinker'
import { xaClearShadow } from './xarray'

/** Nodes in the order in which they came to hold only shadows. Entries go stale when a page comes back; they are skipped. */
export class ShadowNodes implements Shrinker {
  readonly name = 'mm-shadow'
  /** They cost no IO. */
  readonly seeks = 0
  readonly batch = 0
  readonly nrDeferred: Float64Array
  readonly #files: FileMapping[] = []
  readonly #nodes: number[] = []
  #head = 0

  constructor(nodes: number) {
    this.nrDeferred = new Float64Array(nodes)
  }

  listed(file: FileMapping, node: number): void {
    this.#files.push(file)
    this.#nodes.push(node)
  }

  /** count_shadow_nodes: what goes beyond one node for eight pages of memory. */
  count(_mm: Mm, node: Pgdat): number {
    let present = 0
    for (const zone of node.populated()) present += zone.present
    return Math.max(0, node.stat.workingset_nodes - Math.floor(present / 8))
  }

  /** shadow_lru_isolate: forgets every shadow of the oldest such nodes, which frees them. */
  scan(mm: Mm, control: ShrinkControl): number {
    for (let i = 0; i < control.nrToScan; i++) {
      const found = this.#next()
      if (found === undefined) return i
      const first = found.node << XA_CHUNK_SHIFT
      const end = Math.min(first + (1 << XA_CHUNK_SHIFT), found.file.pages)
      for (let index = first; index < end; index++) if (found.file.slots[index] < 0) xaClearShadow(mm, found.file, index)
      control.node.stat.workingset_nodereclaim++
      mm.clock.now += mm.cost.removeMapping
    }
    return control.nrToScan
  }

  /** The oldest node that still holds only shadows; undefined when there is none. */
  #next(): { file: FileMapping; node: number } | undefined {
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

/**
 * zram: swap in memory. A page written to it is compressed at once, stored in the pool, and can be freed in the same pass; a page read back is private at once, without swap cache.
 * Source: drivers/block/zram/zram_drv.c, mm/page_io.c:bdev_write_page, mm/memory.c:do_swap_page's synchronous case (v6.1). Simplification: no backing device, no recompression.
 */
import type { Area } from './area'
import { uniform, streamId } from '../core/rng'
import type { Mm } from './mm'
import { ZsPool } from './zsmalloc'
import type { Zspage } from './zsmalloc'

/** lzo-rle adds this much to bytes it can't compress: a marker a run, and the rest of the page in a few. */
const LZO_OVERHEAD = 40
const CONTENT_STREAM = streamId('zram:content')

export class ZramDevice {
  readonly #pool: ZsPool
  readonly #objects: (Zspage | undefined)[]
  readonly #mm: Mm
  readonly #seed: number
  /** Compressed length of pages whose content the workload does not define, bytes: least and most. */
  readonly #compressed: readonly [number, number]

  constructor(mm: Mm, pages: number, seed: number, compressed: readonly [number, number]) {
    this.#mm = mm
    this.#pool = new ZsPool(mm)
    this.#objects = new Array<Zspage | undefined>(pages).fill(undefined)
    this.#seed = seed
    this.#compressed = compressed
  }

  /** zram_bvec_write. false: the pool found no memory. */
  store(offset: number, area: Area | undefined, index: number): boolean {
    this.#mm.clock.now += this.#mm.cost.zramCompress
    this.drop(offset)
    const object = this.#pool.malloc(this.#length(area, index))
    if (object === undefined) return false
    this.#objects[offset] = object
    return true
  }

  load(): void {
    this.#mm.clock.now += this.#mm.cost.zramDecompress
  }

  /** zram_slot_free_notify: the slot was given back. */
  drop(offset: number): void {
    const object = this.#objects[offset]
    if (object === undefined) return
    this.#objects[offset] = undefined
    this.#pool.free(object)
  }

  /** How long a page gets: its noise if the workload filled it, else a length drawn once for each page. */
  #length(area: Area | undefined, index: number): number {
    const filled = area?.content?.[index] ?? 0
    if (filled > 0) return filled + LZO_OVERHEAD
    const [least, most] = this.#compressed
    return least + Math.floor(uniform(this.#seed, CONTENT_STREAM, (area?.id ?? 0) * 268_435_456 + index) * (most - least + 1))
  }
}

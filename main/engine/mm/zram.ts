/**
 * zram: swap in memory. A page written to it is compressed at once, stored in the pool, and can be freed in the same pass; a page read back is private at once, without swap cache.
 * Source: drivers/block/zram/zram_drv.c:__zram_bvec_write, __zram_bvec_read, zram_free_page, mm_stat_show; mm/page_io.c:bdev_write_page, mm/memory.c:do_swap_page's synchronous case
 * (v6.1). Simplifications: no backing device, no recompression; a write that fails is not tried a second time as a bio; reading a page stored whole costs as much as decompressing one.
 */
import type { Area } from './area'
import { FileMapping } from './file'
import { uniform, streamId } from '../core/rng'
import type { CompressedShare } from '../sim/scenario'
import type { Mm } from './mm'
import { ZS_HUGE_LENGTH, ZsPool } from './zsmalloc'
import type { Zspage } from './zsmalloc'

/** lzo-rle adds this much to bytes it can't compress: a marker a run, and the rest of the page in a few. */
const LZO_OVERHEAD = 40
const PAGE_SIZE = 4096
const CONTENT_STREAM = streamId('zram:content')
const TMPFS_CONTENT_STREAM = streamId('zram:content of tmpfs')
const KIND_STREAM = streamId('zram:kind')
const TMPFS_KIND_STREAM = streamId('zram:kind of tmpfs')

/** A page of one repeated word: the word is kept in the table, without an object. */
const SAME = Symbol('same-filled')

export interface ZramSpec {
  /** disksize. */
  readonly pages: number
  readonly seed: number
  /** What pages are like whose content the workload does not define. Shares add up to 1. */
  readonly compressed: readonly CompressedShare[]
  /** mem_limit: most pages of the pool; 0 = none. */
  readonly memLimit: number
}

interface StoredObject {
  readonly zspage: Zspage
  /** Length as stored. */
  readonly bytes: number
}

export class ZramDevice {
  readonly pool: ZsPool
  readonly memLimit: number
  /** mm_stat: pages stored, same-filled and stored whole among them, bytes of objects; writes that found no room. */
  readonly stats = { pages: 0, same: 0, huge: 0, bytes: 0, poolMax: 0, failedWrites: 0 }
  readonly #objects: (StoredObject | typeof SAME | undefined)[]
  readonly #mm: Mm
  readonly #seed: number
  readonly #compressed: readonly CompressedShare[]

  constructor(mm: Mm, spec: ZramSpec) {
    this.#mm = mm
    this.pool = new ZsPool(mm)
    this.memLimit = spec.memLimit
    this.#objects = new Array<StoredObject | typeof SAME | undefined>(spec.pages).fill(undefined)
    this.#seed = spec.seed
    this.#compressed = spec.compressed
  }

  /** __zram_bvec_write of page `index` of an area or a tmpfs file. false: the pool found no memory, or is at its limit. */
  store(offset: number, owner: Area | FileMapping | undefined, index: number): boolean {
    const length = this.#length(owner, index)
    if (length === 0) {
      this.#mm.clock.now += this.#mm.cost.zramSameFilled
      this.drop(offset)
      this.#keep(offset, SAME)
      return true
    }
    this.#mm.clock.now += this.#mm.cost.zramCompress
    this.drop(offset)
    const zspage = this.pool.malloc(length)
    if (zspage === undefined || !this.#withinLimit(zspage)) {
      this.stats.failedWrites++
      return false
    }
    this.#keep(offset, { zspage, bytes: length >= ZS_HUGE_LENGTH ? PAGE_SIZE : length })
    return true
  }

  /** The limit is looked at when the object has its place: one that takes the pool beyond it is given back. */
  #withinLimit(zspage: Zspage): boolean {
    this.stats.poolMax = Math.max(this.stats.poolMax, this.pool.pages)
    if (this.memLimit === 0 || this.pool.pages <= this.memLimit) return true
    this.pool.free(zspage)
    return false
  }

  #keep(offset: number, object: StoredObject | typeof SAME): void {
    this.#objects[offset] = object
    this.#count(object, 1)
  }

  #count(object: StoredObject | typeof SAME, sign: number): void {
    const { stats } = this
    stats.pages += sign
    if (object === SAME) stats.same += sign
    else {
      stats.bytes += sign * object.bytes
      if (object.bytes === PAGE_SIZE) stats.huge += sign
    }
  }

  /** __zram_bvec_read. */
  load(offset: number): void {
    this.#mm.clock.now += this.#objects[offset] === SAME ? this.#mm.cost.zramSameFilled : this.#mm.cost.zramDecompress
  }

  /** zram_slot_free_notify: the slot was given back. */
  drop(offset: number): void {
    const object = this.#objects[offset]
    if (object === undefined) return
    this.#objects[offset] = undefined
    this.#count(object, -1)
    if (object !== SAME) this.pool.free(object.zspage)
  }

  /** How long a page gets: its noise if the workload filled it, else what is drawn once for each page. 0: same-filled. */
  #length(owner: Area | FileMapping | undefined, index: number): number {
    const filled = owner?.content?.[index] ?? 0
    if (filled > 0) return filled + LZO_OVERHEAD
    const page = (owner?.id ?? 0) * 268_435_456 + index
    const tmpfs = owner instanceof FileMapping
    const kind = this.#kindOf(page, tmpfs ? TMPFS_KIND_STREAM : KIND_STREAM)
    if ('same' in kind) return 0
    const [least, most] = kind.bytes
    return least + Math.floor(uniform(this.#seed, tmpfs ? TMPFS_CONTENT_STREAM : CONTENT_STREAM, page) * (most - least + 1))
  }

  #kindOf(page: number, stream: number): CompressedShare {
    const kinds = this.#compressed
    if (kinds.length === 1) return kinds[0]
    let left = uniform(this.#seed, stream, page)
    for (let i = 0; i < kinds.length - 1; i++) {
      left -= kinds[i].share
      if (left < 0) return kinds[i]
    }
    return kinds[kinds.length - 1]
  }
}

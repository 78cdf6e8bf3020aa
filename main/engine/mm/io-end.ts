/**
 * Writing blocks that are allocated but were never written (after fallocate): the file system marks a stretch of them written in one go once all of it is on disk, and only then does
 * writeback of its pages end.
 * Source: fs/ext4/page-io.c:ext4_io_end_t, ext4_end_bio, ext4_end_io_end; fs/ext4/inode.c:mpage_add_bh_to_extent (v6.1). Simplification: ext4 without a journal, whatever the disk.
 */
import type { FileMapping } from './file'

/** MAX_WRITEPAGES_EXTENT_LEN: pages marked in one go. */
const MAX_EXTENT_PAGES = 2048

/** One stretch on its way to disk. */
export class IoEnd {
  readonly pfns: number[] = []
  pending = 0
  /** More pages may come. */
  open = true
  next = -1
}

/** The stretches under way. */
export class IoEnds {
  readonly #ofPage = new Map<number, IoEnd>()

  /** A dirty page of `file` is about to be written by the same pass as `last`'s. Gives the stretch that it belongs to; undefined: its block was written before, its write ends by itself. */
  join(file: FileMapping, index: number, pfn: number, last: IoEnd | undefined): IoEnd | undefined {
    if (file.unwritten?.[index] !== 1) return undefined
    file.unwritten[index] = 0
    const extent = last !== undefined && last.open && last.next === index && last.pfns.length < MAX_EXTENT_PAGES ? last : new IoEnd()
    extent.next = index + 1
    extent.pending++
    extent.pfns.push(pfn)
    this.#ofPage.set(pfn, extent)
    return extent
  }

  /** No more pages come to a stretch: those whose writeback has ended, if the disk was faster. */
  close(extent: IoEnd): readonly number[] {
    extent.open = false
    return extent.pending === 0 ? extent.pfns : []
  }

  /** The disk has written a page: those whose writeback ends with it. */
  written(pfn: number): readonly number[] | undefined {
    const extent = this.#ofPage.get(pfn)
    if (extent === undefined) return undefined
    this.#ofPage.delete(pfn)
    return --extent.pending === 0 && !extent.open ? extent.pfns : []
  }
}

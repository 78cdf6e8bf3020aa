/**
 * Address space areas and their page tables (struct vm_area_struct, PTEs). Each area has one PTE word a page, with the accessed and dirty bits where the hardware has them.
 * Simplification: an area belongs to one task; there is no fork, so an anonymous page has one PTE. Tables are counted per 512 PTEs.
 */
import type { FileMapping } from './file'
import type { Task } from './task'

/** A PTE is an int32: negative means present. */
export const PTE_PRESENT = 1 << 31
export const PTE_YOUNG = 1 << 30
export const PTE_DIRTY = 1 << 29
export const PTE_WRITE = 1 << 28
/** Frame number (present) or swap slot. */
export const PTE_VALUE = (1 << 28) - 1
/** Not present: a swap entry, and whether this PTE alone owns it (pte_swp_exclusive). */
export const PTE_SWAP = 1 << 30
export const PTE_SWAP_EXCLUSIVE = 1 << 29
/** Not present as a page of its own: the shared zero page, mapped by a read of untouched memory. */
export const PTE_ZERO = 1

export const PTRS_PER_PTE = 512

/** Which page table of its area holds a page's entry. */
export function tableOf(index: number): number {
  return Math.floor(index / PTRS_PER_PTE)
}

export class Area {
  readonly pte: Int32Array
  /** Frame + 1 of each page table page; 0 = not allocated. */
  readonly tables: Uint32Array
  /** VMA readahead state: address of the last fault, window, hits (mm/swap_state.c:swap_ra_info). */
  raAddr = 0
  raWin = 0
  raHits = 4
  /** When reclaim cleared each accessed bit, where the TLB may still hold it. */
  clearedAt: Float64Array | undefined = undefined
  /** Bytes of noise the workload filled each page with, where it did; tells zram how well it compresses. */
  content: Uint16Array | undefined = undefined
  /** 1 for each page table whose 2 MiB are one huge page, where there ever was one. */
  huge: Uint8Array | undefined = undefined
  /** gfp mask of a huge page fault; 0: this area has no huge pages. */
  thpGfp = 0
  readonly id: number
  readonly task: Task
  readonly pages: number
  readonly file: FileMapping | undefined
  readonly exec: boolean

  constructor(spec: { id: number; task: Task; pages: number; file?: FileMapping; exec?: boolean }) {
    this.id = spec.id
    this.task = spec.task
    this.pages = spec.pages
    this.file = spec.file
    this.exec = spec.exec ?? false
    this.pte = new Int32Array(spec.pages)
    this.tables = new Uint32Array(Math.ceil(spec.pages / PTRS_PER_PTE))
  }
}

/** Where what fills an area's pages is kept: a tmpfs file's pages are the same to all who map it. */
export function contentOf({ file, pages }: Area): Uint16Array {
  return file?.tmpfs === true ? (file.content ??= new Uint16Array(file.pages)) : new Uint16Array(pages)
}

/**
 * The buffer head of a page of a file system: made when the page is first written, or read as metadata, and gone with the page. Charged to the page's group.
 * Source: fs/buffer.c:create_empty_buffers, alloc_page_buffers, drop_buffers (v6.1). One block fills a page.
 */
import { BUFFER_HEAD_BYTES, chargeObject, unchargeObject } from './memcg-stock'
import type { Mm } from './mm'
import { PG_PRIVATE } from './page'
import { slabAlloc, slabFree } from './slab'

/** Does nothing where there is no memory for it. */
export function attachBuffer(mm: Mm, pfn: number): void {
  if ((mm.frames.flags[pfn] & PG_PRIVATE) !== 0 || !slabAlloc(mm, mm.slabs.bufferHead)) return
  mm.frames.flags[pfn] |= PG_PRIVATE
  if (mm.memcgOf !== undefined) chargeObject(mm, mm.memcgOf[pfn], BUFFER_HEAD_BYTES)
}

export function detachBuffer(mm: Mm, pfn: number): void {
  if ((mm.frames.flags[pfn] & PG_PRIVATE) === 0) return
  slabFree(mm, mm.slabs.bufferHead)
  if (mm.memcgOf !== undefined) unchargeObject(mm, mm.memcgOf[pfn], BUFFER_HEAD_BYTES)
}

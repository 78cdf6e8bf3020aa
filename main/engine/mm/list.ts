/**
 * Doubly linked lists threaded through frame columns (include/linux/list.h). Links and heads hold frame number + 1, so zeroed memory is a set of empty lists.
 */
import type { Frames } from './page'

export interface Lists {
  readonly head: Uint32Array
  readonly tail: Uint32Array
}

export function createLists(count: number): Lists {
  return { head: new Uint32Array(count), tail: new Uint32Array(count) }
}

/** list_add: at the head. */
export function listAdd(f: Frames, lists: Lists, list: number, pfn: number): void {
  const first = lists.head[list]
  f.next[pfn] = first
  f.prev[pfn] = 0
  lists.head[list] = pfn + 1
  if (first === 0) lists.tail[list] = pfn + 1
  else f.prev[first - 1] = pfn + 1
}

/** list_add_tail. */
export function listAddTail(f: Frames, lists: Lists, list: number, pfn: number): void {
  const last = lists.tail[list]
  f.prev[pfn] = last
  f.next[pfn] = 0
  lists.tail[list] = pfn + 1
  if (last === 0) lists.head[list] = pfn + 1
  else f.next[last - 1] = pfn + 1
}

/** Puts a frame before another one that is on the list. */
export function listAddBefore(f: Frames, lists: Lists, list: number, at: number, pfn: number): void {
  const before = f.prev[at]
  f.prev[pfn] = before
  f.next[pfn] = at + 1
  f.prev[at] = pfn + 1
  if (before === 0) lists.head[list] = pfn + 1
  else f.next[before - 1] = pfn + 1
}

export function listDel(f: Frames, lists: Lists, list: number, pfn: number): void {
  const next = f.next[pfn]
  const prev = f.prev[pfn]
  if (next === 0) lists.tail[list] = prev
  else f.prev[next - 1] = prev
  if (prev === 0) lists.head[list] = next
  else f.next[prev - 1] = next
  f.next[pfn] = 0
  f.prev[pfn] = 0
}

/** Turns a list so that `pfn`, which is on it, is its first: those before it go to the tail in their order (mm/compaction.c:move_freelist_head). */
export function listRotateToFirst(f: Frames, lists: Lists, list: number, pfn: number): void {
  const before = f.prev[pfn]
  if (before === 0) return
  const first = lists.head[list]
  const last = lists.tail[list]
  f.next[last - 1] = first
  f.prev[first - 1] = last
  lists.head[list] = pfn + 1
  f.prev[pfn] = 0
  lists.tail[list] = before
  f.next[before - 1] = 0
}

/** Turns a list so that `pfn` is its last (move_freelist_tail). */
export function listRotateToLast(f: Frames, lists: Lists, list: number, pfn: number): void {
  const after = f.next[pfn]
  if (after !== 0) listRotateToFirst(f, lists, list, after - 1)
}

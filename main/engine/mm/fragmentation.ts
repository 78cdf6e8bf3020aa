/**
 * Would an allocation fail for lack of memory or because memory is in pieces? Source: mm/vmstat.c:__fragmentation_index (v6.1).
 */

/**
 * 0 and below towards lack of memory, 1000 towards fragmentation, -1000 when a suitable block exists. `freeByOrder`: free blocks of orders 0..10.
 */
export function fragmentationIndex(freeByOrder: ArrayLike<number>, order: number): number {
  let blocks = 0
  let pages = 0
  let suitable = 0
  for (let o = 0; o < freeByOrder.length; o++) {
    blocks += freeByOrder[o]
    pages += freeByOrder[o] * (1 << o)
    if (o >= order) suitable += freeByOrder[o]
  }
  if (blocks === 0) return 0
  if (suitable > 0) return -1000
  return 1000 - Math.floor((1000 + Math.floor((pages * 1000) / (1 << order))) / blocks)
}

/**
 * A tiny reference of one zone's buddy allocator, written from the rules alone (orders 0..10, pageblocks of 512, fallback, theft, boost, HIGHATOMIC): free lists are arrays, the first
 * element is what is taken next. Slow and plain, to be compared block by block with the engine's.
 */
const ORDERS = 11
const BLOCK = 512
export const [UNMOVABLE, MOVABLE, RECLAIMABLE, HIGHATOMIC] = [0, 1, 2, 3]
const FALLBACK = [[RECLAIMABLE, MOVABLE], [RECLAIMABLE, UNMOVABLE], [UNMOVABLE, MOVABLE]]

export class ReferenceBuddy {
  readonly lists: number[][][] = Array.from({ length: ORDERS }, () => [[], [], [], []])
  /** Free blocks by first page. */
  readonly free = new Map<number, { order: number; type: number }>()
  readonly blockType: number[]
  /** Pages in use that are movable. */
  readonly movable = new Set<number>()
  boost = 0
  reserved = 0
  readonly pages: number
  readonly high: number
  constructor(pages: number, high: number) {
    this.pages = pages
    this.high = high
    this.blockType = new Array<number>(pages / BLOCK).fill(MOVABLE)
  }

  add(pfn: number, order: number, type: number, tail: boolean): void {
    this.free.set(pfn, { order, type })
    if (tail) this.lists[order][type].push(pfn)
    else this.lists[order][type].unshift(pfn)
  }

  remove(pfn: number): { order: number; type: number } {
    const block = this.free.get(pfn)
    if (block === undefined) throw new Error(`the reference has no free block at ${pfn}`)
    this.free.delete(pfn)
    const list = this.lists[block.order][block.type]
    list.splice(list.indexOf(pfn), 1)
    return block
  }

  release(pfnIn: number, orderIn: number, type: number): void {
    let [pfn, order] = [pfnIn, orderIn]
    const isFree = (at: number, o: number): boolean => this.free.get(at)?.order === o
    while (order < 10 && isFree(pfn ^ (2 ** order), order)) {
      const buddy = pfn ^ (2 ** order)
      const other = this.blockType[Math.floor(buddy / BLOCK)]
      if (order >= 9 && type !== other && (type === HIGHATOMIC || other === HIGHATOMIC)) break
      this.remove(buddy)
      pfn = Math.min(pfn, buddy)
      order++
    }
    // Likely to grow soon: to be taken last.
    const parent = pfn & ~(2 ** order)
    this.add(pfn, order, type, order < 9 && isFree(parent ^ (2 ** (order + 1)), order + 1))
  }

  take(order: number, type: number, nofragment: boolean): number {
    for (;;) {
      for (let o = order; o < ORDERS; o++) {
        if (this.lists[o][type].length === 0) continue
        const pfn = this.lists[o][type][0]
        this.remove(pfn)
        for (let half = o - 1; half >= order; half--) this.add(pfn + 2 ** half, half, type, false)
        return pfn
      }
      if (type === HIGHATOMIC || !this.#steal(order, type, nofragment)) return -1
    }
  }

  #steal(order: number, type: number, nofragment: boolean): boolean {
    const foreign = (o: number): number => FALLBACK[type].find((t) => this.lists[o][t].length > 0) ?? -1
    const whole = (o: number): boolean => o >= 4 || type !== MOVABLE
    let found = -1
    for (let o = 10; o >= (nofragment && order < 9 ? 9 : order) && found < 0; o--) if (foreign(o) >= 0) found = o
    if (found < 0) return false
    if (!whole(found) && found > order) for (found = order; foreign(found) < 0;) found++
    this.#stealBlock(this.lists[found][foreign(found)][0], found, type, whole(found))
    return true
  }

  #stealBlock(pfn: number, order: number, type: number, whole: boolean): void {
    const old = this.blockType[Math.floor(pfn / BLOCK)]
    if (old === HIGHATOMIC) return this.#move(pfn, type)
    if (order >= 9) {
      for (let at = pfn; at < pfn + 2 ** order; at += BLOCK) this.blockType[at / BLOCK] = type
      return this.#move(pfn, type)
    }
    if (this.pages >= 4 * BLOCK) this.boost = Math.min(this.boost + BLOCK, Math.max(BLOCK, Math.floor(this.high * 1.5)))
    if (!whole) return this.#move(pfn, type)
    const first = pfn - (pfn % BLOCK)
    const moved = this.moveBlock(first, type)
    let movable = 0
    for (let at = first; at < first + BLOCK; at++) if (this.movable.has(at)) movable++
    const alike = type === MOVABLE ? movable : old === MOVABLE ? BLOCK - moved - movable : 0
    if (moved + alike >= BLOCK / 2) this.blockType[first / BLOCK] = type
  }

  #move(pfn: number, type: number): void {
    const { order } = this.remove(pfn)
    this.add(pfn, order, type, true)
  }

  /** Free pages of a pageblock go to `type`'s lists, lowest first. How many. */
  moveBlock(first: number, type: number): number {
    let moved = 0
    for (let at = first; at < first + BLOCK; at++) {
      const block = this.free.get(at)
      if (block === undefined) continue
      this.#move(at, type)
      moved += 2 ** block.order
    }
    return moved
  }

  reserve(pfn: number): void {
    const block = Math.floor(pfn / BLOCK)
    if (this.reserved >= Math.floor(this.pages / 100) + BLOCK || this.blockType[block] === HIGHATOMIC) return
    this.reserved += BLOCK
    this.blockType[block] = HIGHATOMIC
    this.moveBlock(block * BLOCK, HIGHATOMIC)
  }

  unreserve(type: number, force: boolean): boolean {
    if (!force && this.reserved <= BLOCK) return false
    for (let order = 0; order < ORDERS; order++) {
      if (this.lists[order][HIGHATOMIC].length === 0) continue
      const block = Math.floor(this.lists[order][HIGHATOMIC][0] / BLOCK)
      if (this.blockType[block] === HIGHATOMIC) this.reserved -= BLOCK
      this.blockType[block] = type
      if (this.moveBlock(block * BLOCK, type) > 0) return true
    }
    return false
  }
}

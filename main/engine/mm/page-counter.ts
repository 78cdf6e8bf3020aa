/**
 * Counting pages against limits, up a hierarchy (mm/page_counter.c, include/linux/page_counter.h, v6.1). All figures are pages.
 * Simplification: one processor at a time changes a counter, so nothing races and nothing is counted twice for a moment.
 */

/** No limit (LONG_MAX / PAGE_SIZE): what "max" means where a limit is written. */
export const PAGE_COUNTER_MAX = 2_251_799_813_685_247

export class PageCounter {
  usage = 0
  min = 0
  low = 0
  high = PAGE_COUNTER_MAX
  max = PAGE_COUNTER_MAX
  /** Effective protection when reclaim last looked (mem_cgroup_calculate_protection). */
  emin = 0
  elow = 0
  /** Used protection, min(usage, min) and min(usage, low); and the sums of it over the children. */
  minUsage = 0
  lowUsage = 0
  childrenMinUsage = 0
  childrenLowUsage = 0
  /** The most it has been. */
  watermark = 0
  /** Charges that its limit refused. */
  failcnt = 0

  /** Number of the group it belongs to. */
  readonly owner: number
  readonly parent: PageCounter | undefined
  constructor(owner: number, parent: PageCounter | undefined) {
    this.owner = owner
    this.parent = parent
  }
}

/** propagate_protected_usage: the parent knows how much of its children's protection is in use. */
function propagateProtectedUsage(c: PageCounter): void {
  const { parent } = c
  if (parent === undefined) return
  const min = Math.min(c.usage, c.min)
  parent.childrenMinUsage += min - c.minUsage
  c.minUsage = min
  const low = Math.min(c.usage, c.low)
  parent.childrenLowUsage += low - c.lowUsage
  c.lowUsage = low
}

/** page_counter_charge: whatever the limits say. */
export function pageCounterCharge(counter: PageCounter, pages: number): void {
  for (let c: PageCounter | undefined = counter; c !== undefined; c = c.parent) {
    c.usage += pages
    propagateProtectedUsage(c)
    if (c.usage > c.watermark) c.watermark = c.usage
  }
}

/** page_counter_try_charge: undefined when every level could take the pages, else the first that could not; then nothing is charged. */
export function pageCounterTryCharge(counter: PageCounter, pages: number): PageCounter | undefined {
  for (let c: PageCounter | undefined = counter; c !== undefined; c = c.parent) {
    if (c.usage + pages <= c.max) continue
    c.failcnt++
    return c
  }
  pageCounterCharge(counter, pages)
  return undefined
}

/** page_counter_uncharge. */
export function pageCounterUncharge(counter: PageCounter, pages: number): void {
  for (let c: PageCounter | undefined = counter; c !== undefined; c = c.parent) pageCounterCancel(c, pages)
}

/** page_counter_cancel: this level alone. */
function pageCounterCancel(c: PageCounter, pages: number): void {
  c.usage -= pages
  propagateProtectedUsage(c)
}

/** page_counter_set_min. */
export function pageCounterSetMin(counter: PageCounter, pages: number): void {
  counter.min = pages
  for (let c: PageCounter | undefined = counter; c !== undefined; c = c.parent) propagateProtectedUsage(c)
}

/** page_counter_set_low. */
export function pageCounterSetLow(counter: PageCounter, pages: number): void {
  counter.low = pages
  for (let c: PageCounter | undefined = counter; c !== undefined; c = c.parent) propagateProtectedUsage(c)
}

/**
 * Network receive as memory management sees it: bursts of GFP_ATOMIC requests from an interrupt, which can't wait and may fail (a dropped packet), held a while, then given back.
 * Source: net/core/skbuff.c:__netdev_alloc_skb, mm/page_alloc.c:page_frag_alloc_align in outline (v6.1). Simplifications: a buffer is a whole block of pages of its own; one interrupt
 * takes a whole burst; the interrupt's time goes to whoever was interrupted; of a burst's failures only the first is logged (the kernel limits the rate of its warnings).
 */
import { GFP_ATOMIC, GFP_COMP, GFP_NOWARN } from '../mm/gfp'
import type { KernelBlocks, Mm } from '../mm/mm'
import { allocPagesAtomic, freeKernelBlock, prepareKernelBlock } from '../mm/page-alloc'
import type { Task } from '../mm/task'
import type { Phase } from '../sim/scenario'

const MS = 1e6
const CALL_PATH: readonly string[] = ['asm_common_interrupt', 'net_rx_action', 'napi_poll', '__napi_alloc_skb']

export type NetRxPhase = Extract<Phase, { op: 'netrx' }>

interface Burst {
  readonly freeAt: number
  readonly pfns: readonly number[]
}

export class NetRx implements KernelBlocks {
  received = 0
  dropped = 0
  readonly order: number
  readonly #mm: Mm
  readonly #task: Task
  readonly #phase: NetRxPhase
  readonly #start: number
  readonly #held: Burst[] = []
  #bursts = 0
  constructor(mm: Mm, task: Task, phase: NetRxPhase) {
    this.#mm = mm
    this.#task = task
    task.callPath = CALL_PATH
    this.#phase = phase
    this.order = phase.order
    this.#start = mm.clock.now
    mm.kernelBlocks.add(this)
  }

  /** When the next burst arrives or the next buffers go back; Infinity: all is done. */
  get nextTime(): number {
    const arrival = this.#bursts < this.#phase.count ? this.#start + this.#bursts * this.#phase.everyMs * MS : Infinity
    return Math.min(arrival, this.#held[0]?.freeAt ?? Infinity)
  }

  *pfns(): Iterable<number> {
    for (const burst of this.#held) yield* burst.pfns
  }

  /** Does what is due. Runs in interrupt context: on the device's CPU, with nobody's privileges, whoever is current. */
  interrupt(): void {
    const mm = this.#mm
    const [current, cpu] = [mm.current, mm.cpu]
    mm.current = this.#task
    mm.cpu = this.#task.cpu
    const now = mm.clock.now
    mm.clock.now += mm.cost.ioComplete
    this.#free(now)
    while (this.#bursts < this.#phase.count && this.#start + this.#bursts * this.#phase.everyMs * MS <= now) this.#receive()
    this.#free(now)
    mm.current = current
    mm.cpu = cpu
  }

  /** The device goes: everything it holds is given back. */
  close(): void {
    this.#bursts = this.#phase.count
    this.#free(Infinity)
    this.#mm.kernelBlocks.delete(this)
  }

  #receive(): void {
    const mm = this.#mm
    const { order, pages, holdMs, everyMs } = this.#phase
    const gfp = GFP_ATOMIC | GFP_NOWARN | (order > 0 ? GFP_COMP : 0)
    const pfns: number[] = []
    const wanted = pages >> order
    let failed = 0
    for (let i = 0; i < wanted; i++) {
      const pfn = allocPagesAtomic(mm, gfp, order)
      if (pfn >= 0) {
        prepareKernelBlock(mm, pfn, order)
        pfns.push(pfn)
      } else if (failed++ === 0) mm.trace.allocFailed(order, gfp)
    }
    this.received += pfns.length
    this.dropped += failed
    this.#held.push({ freeAt: this.#start + this.#bursts * everyMs * MS + holdMs * MS, pfns })
    this.#bursts++
  }

  #free(now: number): void {
    while (this.#held.length > 0 && this.#held[0].freeAt <= now) {
      for (const pfn of this.#held[0].pfns) freeKernelBlock(this.#mm, pfn, this.#phase.order)
      this.#held.shift()
    }
  }
}

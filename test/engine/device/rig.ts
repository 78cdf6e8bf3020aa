/** A block layer with a clock of its own, for tests: runs events in order and keeps what ended. */
import { EventQueue } from '../../../main/engine/core/event-queue'
import type { BlockLayer, IoOp } from '../../../main/engine/device/block-layer'
import { createBlockLayer } from '../../../main/engine/device/block-layer'
import type { DiskSpec } from '../../../main/engine/sim/scenario'

export const MS = 1e6
export const SEC = 1e9
/** Event kinds of the rig itself. */
const IO = 1
const WAKE = 2

/** The recorded runs' disk: 2000 IOPS and 100 MB/s, a tenth of a second of burst. */
export const RECORDED: DiskSpec = {
  name: 'vda', readLatencyUs: 20, writeLatencyUs: 20, iops: 2000, bytesPerSec: 100_000_000, burstMs: 100, tags: 256, maxRequestKb: 1280, readaheadPages: 32, throttle: 'shared',
}
/** No limits but tags. */
export const FREE: DiskSpec = { ...RECORDED, iops: 0, bytesPerSec: 0, throttle: undefined }

export interface Ended { readonly cookie: number; readonly op: IoOp; readonly pages: number; readonly time: number }

export class Rig {
  readonly events = new EventQueue()
  readonly ended: Ended[] = []
  readonly woken: { disk: number; sleeper: number; time: number }[] = []
  readonly layer: BlockLayer
  now = 0
  onEnd: (e: Ended) => void = () => {}
  onWake: (disk: number, sleeper: number) => void = () => {}
  #timers: (() => void)[] = []

  constructor(disks: readonly DiskSpec[]) {
    this.layer = createBlockLayer(disks, this.events, IO, {
      onEndIo: (cookie, op, pages, time) => {
        const e = { cookie, op, pages, time }
        this.ended.push(e)
        this.onEnd(e)
      },
      onTagsFree: (disk, sleeper, time) => {
        this.woken.push({ disk, sleeper, time })
        this.onWake(disk, sleeper)
      },
    })
  }

  at(time: number, run: () => void): void {
    this.events.schedule(time, WAKE, this.#timers.push(run) - 1)
  }

  /** Delivers events up to `until`. */
  run(until = Infinity): void {
    for (let next = this.events.nextTime(); next <= until && this.events.pop(); next = this.events.nextTime()) {
      this.now = next
      if (this.events.kind === IO) this.layer.deliver(this.events.a, this.now)
      else this.#timers[this.events.a]()
    }
    if (until < Infinity) this.now = until
  }

  pagesBetween(from: number, to: number, op?: IoOp): number {
    return this.#between(from, to, op).reduce((sum, e) => sum + e.pages, 0)
  }

  endedBetween(from: number, to: number, op?: IoOp): number {
    return this.#between(from, to, op).length
  }

  #between(from: number, to: number, op?: IoOp): Ended[] {
    return this.ended.filter((e) => e.time >= from && e.time < to && (op === undefined || e.op === op))
  }
}

/** Samples the machine into columns: all of /proc/vmstat, the zones, the disks, who is reclaiming, allocation latency of the interval. */
import { Columns } from '../core/columns'
import type { Mm } from '../mm/mm'
import { WMARK_HIGH, WMARK_LOW, WMARK_MIN } from '../mm/mmzone'
import type { Vfs } from '../mm/super'
import { STALL_PARTS, stalledSoFar } from '../mm/stall'
import { MEMCG_SERIES } from './memcg-view'
import type { DiskSpec } from './scenario'
import type { GaugeStats, Series } from './recording'
import { COUNTER_NAMES, GAUGE_NAMES, VMSTAT_NAMES, vmstatValue } from './vmstat-view'

type Reader = (mm: Mm) => number

export class Sampler {
  readonly #columns: Columns
  readonly #readers: Reader[] = []
  readonly #mm: Mm
  readonly #gaugeMin: Float64Array
  readonly #gaugeMax: Float64Array
  readonly #gaugeStart: Float64Array
  readonly #counterStart = new Map<string, number>()

  constructor(mm: Mm, disks: readonly DiskSpec[]) {
    this.#mm = mm
    const ids: string[] = []
    const add = (id: string, reader: Reader): void => {
      ids.push(id)
      this.#readers.push(reader)
    }
    for (const name of VMSTAT_NAMES) add(name, (m) => vmstatValue(m, name) ?? 0)
    this.#addZones(add)
    disks.forEach((disk, i) => {
      add(`disk.${disk.name}.read_pages`, (m) => m.io.pages(i, 0))
      add(`disk.${disk.name}.write_pages`, (m) => m.io.pages(i, 1))
      add(`disk.${disk.name}.inflight`, (m) => m.io.inflight(i))
    })
    for (const node of mm.nodes) add(`kswapd.${node.id}.awake`, (m) => (m.kswapds[node.id].awake ? 1 : 0))
    if (mm.vfs !== undefined) this.#addVfs(mm.vfs, add)
    add('tasks.direct_reclaim', (m) => m.tasks.filter((task) => task.memalloc && !task.kthread).length)
    add('psi_mem_some_us', (m) => Math.floor(m.psi.some / 1000))
    add('psi_mem_full_us', (m) => Math.floor(m.psi.full / 1000))
    add('kswapd_cpu_ns', (m) => m.kswapds.reduce((sum, kswapd) => sum + kswapd.task.cpuTime, 0))
    add('alloc_latency_mean_ns', (m) => m.latencyWindow.mean())
    add('alloc_latency_max_ns', (m) => m.latencyWindow.takeMax())
    STALL_PARTS.forEach((part, i) => add(`stall.${part}_ns`, (m) => stalledSoFar(m, i)))
    for (const memcg of mm.memcgs.groups.slice(1)) for (const [name, read] of MEMCG_SERIES) add(`memcg.${memcg.path}.${name}`, (m) => read(m, memcg))
    this.#columns = new Columns(ids)
    this.#gaugeMin = new Float64Array(GAUGE_NAMES.length).fill(Infinity)
    this.#gaugeMax = new Float64Array(GAUGE_NAMES.length).fill(-Infinity)
    this.#gaugeStart = new Float64Array(GAUGE_NAMES.length)
  }

  #addZones(add: (id: string, reader: Reader) => void): void {
    this.#mm.zones.forEach((zone, i) => {
      const id = `zone.${zone.node}.${zone.name}`
      add(`${id}.free`, (m) => m.zones[i].free)
      add(`${id}.min`, (m) => m.zones[i].mark[WMARK_MIN])
      add(`${id}.low`, (m) => m.zones[i].mark[WMARK_LOW])
      add(`${id}.high`, (m) => m.zones[i].mark[WMARK_HIGH])
      add(`${id}.boost`, (m) => m.zones[i].boost)
    })
  }

  /** As /proc/slabinfo counts them; only where file systems are mounted. */
  #addVfs(vfs: Vfs, add: (id: string, reader: Reader) => void): void {
    for (const cache of [vfs.dentries, vfs.inodes]) {
      add(`slab.${cache.name}.objects`, () => cache.live)
      add(`slab.${cache.name}.pages`, () => cache.pages)
    }
  }

  /** Remembers where totals stood when the workload began. */
  start(): void {
    for (const name of COUNTER_NAMES) this.#counterStart.set(name, vmstatValue(this.#mm, name) ?? 0)
    GAUGE_NAMES.forEach((name, i) => (this.#gaugeStart[i] = vmstatValue(this.#mm, name) ?? 0))
  }

  sample(): void {
    const mm = this.#mm
    mm.psi.settle()
    const row = this.#readers.map((read) => read(mm))
    this.#columns.append(mm.clock.now - mm.startTime, row)
    for (let i = 0; i < GAUGE_NAMES.length; i++) {
      if (row[i] < this.#gaugeMin[i]) this.#gaugeMin[i] = row[i]
      if (row[i] > this.#gaugeMax[i]) this.#gaugeMax[i] = row[i]
    }
  }

  series(): Series {
    return this.#columns.series()
  }

  part(from: number, step: number, most: number): Series {
    return this.#columns.part(from, step, most)
  }

  gauges(): Record<string, GaugeStats> {
    const out: Record<string, GaugeStats> = {}
    GAUGE_NAMES.forEach((name, i) => {
      out[name] = { start: this.#gaugeStart[i], end: vmstatValue(this.#mm, name) ?? 0, min: this.#gaugeMin[i], max: this.#gaugeMax[i] }
    })
    return out
  }

  /** Counters since the start. */
  deltas(): Record<string, number> {
    const out: Record<string, number> = {}
    for (const [name, start] of this.#counterStart) out[name] = (vmstatValue(this.#mm, name) ?? 0) - start
    return out
  }
}

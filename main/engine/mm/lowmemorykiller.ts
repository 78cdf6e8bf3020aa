/**
 * Android's low-memory killer: a slab shrinker that has nothing to shrink, but is asked whenever reclaim runs, and kills whoever user space declared least important when both free memory and
 * page cache are small.
 * Source: drivers/staging/android/lowmemorykiller.c:lowmem_count, lowmem_scan (msm-3.18). Limits are the module's parameters, here lowmemorykiller.*. Simplifications: limits are not tuned by
 * zone, request or vmpressure (tune_lmk_param, adjust_minadj), and there is no zcache.
 */
import { LRU_UNEVICTABLE } from 'reclaim-lab'
import type { Episode } from '../core/clock'
import { BLOCK } from '../core/clock'
import type { Mm } from './mm'
import { sendSigkill } from './oom-kill'
import { stamped } from './oom-report'
import { DEFAULT_SEEKS } from './shrinker'
import type { Shrinker } from './shrinker'
import type { Task } from './task'

/** After a kill, and while a victim still dies: time to give its memory back. */
const PAUSE_MS = 20
/** No second victim while the first lives, but for so long at most. */
const DEATH_PENDING_NS = 1e9

export class LowMemoryKiller implements Shrinker {
  readonly name = 'lowmemorykiller'
  readonly seeks = DEFAULT_SEEKS * 16
  readonly batch = 0
  readonly nrDeferred: Float64Array
  #deathPendingUntil = -1
  #pause = false

  constructor(nodes: number) {
    this.nrDeferred = new Float64Array(nodes)
  }

  /** All pages on the LRU lists, so that it is asked in step with them. */
  count(mm: Mm): number {
    if (mm.sysctl.num('lowmemorykiller.enable_lmk') === 0) return 0
    let pages = 0
    for (const { nrLru } of mm.zones) for (let lru = 0; lru < LRU_UNEVICTABLE; lru++) pages += nrLru[lru]
    return pages
  }

  scan(mm: Mm): number {
    const { free, file } = counted(mm)
    const level = this.#level(mm, free, file)
    if (level === undefined) return 0
    if (mm.clock.now <= this.#deathPendingUntil && mm.tasks.some((task) => task.oomVictim && !task.exited)) {
      this.#pause = true
      return 0
    }
    const victim = choose(mm, level.adj)
    if (victim === undefined) return 0
    const size = rss(victim)
    mm.trace.lowmemoryKill(victim, { size, cache: file, limit: level.minfree, free, adj: level.adj }, report(mm, victim, size, file, level, free))
    this.#deathPendingUntil = mm.clock.now + DEATH_PENDING_NS
    victim.oomVictim = true
    sendSigkill(mm, victim)
    this.#pause = true
    return size
  }

  *after(mm: Mm): Episode<void> {
    if (!this.#pause) return
    this.#pause = false
    mm.sched.sleep('lowmem_scan', mm.clock.now + PAUSE_MS * 1e6, undefined, false, true)
    yield BLOCK
  }

  /** The first limit that both free memory and page cache are below. */
  #level(mm: Mm, free: number, file: number): { minfree: number; adj: number } | undefined {
    const minfree = mm.sysctl.list('lowmemorykiller.minfree')
    const adj = mm.sysctl.list('lowmemorykiller.adj')
    for (let i = 0; i < Math.min(minfree.length, adj.length); i++) if (free < minfree[i] && file < minfree[i]) return { minfree: minfree[i], adj: adj[i] }
    return undefined
  }
}

/** Free pages, and page cache that could go: without tmpfs, unevictable pages and the swap cache. */
function counted(mm: Mm): { free: number; file: number } {
  let free = 0
  let file = 0
  for (const zone of mm.zones) free += zone.free
  for (const { stat } of mm.nodes) file += stat.nr_file_pages - stat.nr_shmem - stat.nr_unevictable - stat.nr_swapcached
  return { free, file: Math.max(0, file) }
}

/** The task with the highest oom_score_adj of at least `least`; of equals the largest, of these the first. */
function choose(mm: Mm, least: number): Task | undefined {
  let chosen: Task | undefined
  for (const task of mm.tasks) {
    if (task.kthread || task.exited || task.oomScoreAdj < least || rss(task) === 0) continue
    if (chosen === undefined || task.oomScoreAdj > chosen.oomScoreAdj || (task.oomScoreAdj === chosen.oomScoreAdj && rss(task) > rss(chosen))) chosen = task
  }
  return chosen
}

function rss({ rssAnon, rssFile, rssShmem }: Task): number {
  return rssAnon + rssFile + rssShmem
}

function report(mm: Mm, victim: Task, size: number, file: number, { minfree, adj }: { minfree: number; adj: number }, free: number): readonly string[] {
  const { current } = mm
  return stamped(mm, [
    `lowmemorykiller: Killing '${victim.name}' (${victim.id}), adj ${victim.oomScoreAdj},`, `   to free ${size * 4}kB on behalf of '${current.name}' (${current.id}) because`,
    `   cache ${file * 4}kB is below limit ${minfree * 4}kB for oom_score_adj ${adj}`, `   Free memory is ${free * 4}kB above reserved.`,
  ])
}

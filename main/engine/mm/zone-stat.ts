/**
 * NR_FREE_PAGES as the kernel sees it: each CPU keeps what it added and took to itself until that passes a threshold, so marks are compared with a count that lags a few pages behind.
 * Source: mm/vmstat.c:__mod_zone_page_state, refresh_zone_stat_thresholds, set_pgdat_percpu_threshold, refresh_cpu_vm_stats; mm/page_alloc.c:zone_watermark_ok_safe (v6.1; in 3.18 alike).
 * Simplification: the other counters are exact.
 */
import { fls } from '../core/maths'
import type { Mm } from './mm'
import type { Zone } from './mmzone'
import { WMARK_HIGH, WMARK_LOW, WMARK_MIN } from './mmzone'

const MAX_THRESHOLD = 125
/** 128 MiB in pages, as a shift. */
const SHIFT_128M = 15

/** __mod_zone_page_state: this CPU freed (`pages` > 0) or took pages. */
export function modFreePages(zone: Zone, cpu: number, pages: number): void {
  zone.free += pages
  const { cpuDiff } = zone
  const before = cpuDiff[cpu]
  const diff = before + pages
  if (diff > zone.statThreshold || diff < -zone.statThreshold) {
    zone.drift -= before
    cpuDiff[cpu] = 0
  } else {
    zone.drift += pages
    cpuDiff[cpu] = diff
  }
}

/** refresh_cpu_vm_stats: a CPU's vmstat worker folds what it kept. */
export function foldFreePages(zones: readonly Zone[], cpu: number): void {
  for (const zone of zones) {
    zone.drift -= zone.cpuDiff[cpu]
    zone.cpuDiff[cpu] = 0
  }
}

/** vmstat_refresh: a write to vm.stat_refresh folds what every CPU keeps. */
export function refreshVmStats(mm: Mm): void {
  for (let cpu = 0; cpu < mm.cpus; cpu++) foldFreePages(mm.zones, cpu)
}

/** refresh_zone_stat_thresholds: once at boot, after the marks. `managed`: the zone's pages then. */
export function setStatThreshold(zone: Zone, cpus: number, managed: number): void {
  zone.statThreshold = normalThreshold(cpus, managed)
  const drift = cpus * zone.statThreshold
  zone.driftMark = drift > zone.mark[WMARK_LOW] - zone.mark[WMARK_MIN] ? zone.mark[WMARK_HIGH] + drift : 0
  zone.cpuDiff.fill(0)
  zone.drift = 0
}

/** set_pgdat_percpu_threshold: while kswapd is awake the counts must be near enough, where they could hide that MIN is passed. */
export function setPressureThreshold(mm: Mm, zones: readonly Zone[], pressure: boolean): void {
  for (const zone of zones) {
    if (zone.driftMark === 0) continue
    const room = Math.floor((zone.mark[WMARK_LOW] - zone.mark[WMARK_MIN]) / mm.cpus)
    zone.statThreshold = pressure ? Math.min(Math.max(1, room), MAX_THRESHOLD) : normalThreshold(mm.cpus, zone.managed)
  }
}

function normalThreshold(cpus: number, managed: number): number {
  return Math.min(MAX_THRESHOLD, 2 * fls(cpus) * (1 + fls(managed >>> SHIFT_128M)))
}

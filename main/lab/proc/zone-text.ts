/** The parts of a zone's listing in /proc/zoneinfo that all kernels print alike. */
import type { ZoneState } from '../../engine'

export function protection(reserves: readonly number[]): string {
  return `\n        protection: (${reserves.join(', ')})`
}

export function pagesetsText(cpus: number, { pagesets, managed }: ZoneState): string {
  const threshold = statThreshold(cpus, managed)
  return `\n  pagesets${pagesets.map(({ count, high, batch }, cpu) => `\n    cpu: ${cpu}\n              count: ${count}\n              high:  ${high}\n              batch: ${batch}\n  vm stats threshold: ${threshold}`).join('')}`
}

const PAGES_PER_128_MIB = 1 << 15

/** mm/vmstat.c:calculate_normal_threshold. */
function statThreshold(cpus: number, managed: number): number {
  return Math.min(125, 2 * fls(cpus) * (1 + fls(Math.floor(managed / PAGES_PER_128_MIB))))
}

/** Number of the highest bit set, from 1; 0 of 0. */
function fls(value: number): number {
  return 32 - Math.clz32(value)
}

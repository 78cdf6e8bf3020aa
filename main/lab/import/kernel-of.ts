/** Which of the lab's kernels printed a machine's files, by what only it prints: 3.18 has LRU lists by zone, 5.15 has no line of the boost. A listing that was cut down with grep tells nothing. */
import type { KernelDefinition } from 'reclaim-lab'
import type { Notes } from './notes'
import type { FileReadings } from './read-files'
import { say } from '../say'

export function kernelOf(reading: FileReadings, byDefault: KernelDefinition, others: readonly KernelDefinition[], notes: Notes): KernelDefinition {
  const files = layoutOf(reading)
  const kernel = files === byDefault.traits.procFiles ? undefined : others.find(({ traits }) => traits.procFiles === files)
  if (kernel === undefined) return byDefault
  notes.read.push(files === 'linux-3.18'
    ? say(`the files are of a kernel before 4.8, with LRU lists by zone: read for ${kernel.name}, the lab's nearest; compare on that kernel`, `文件来自 4.8 之前的内核，LRU 链表按 zone：按实验室里最接近的 ${kernel.name} 读取，请在该内核上比较`)
    : say(`the files have no line of watermark_boost: read for ${kernel.name}, the lab's nearest; compare on that kernel`, `文件里没有 watermark_boost 一行：按实验室里最接近的 ${kernel.name} 读取，请在该内核上比较`))
  return kernel
}

/** Do zones, not nodes, tell the LRU lists and all else? Also known by what vmstat counts. */
export function listsByZone({ zoneinfo, vmstat }: FileReadings): boolean {
  const told = (stats: ReadonlyMap<string, number>): boolean => ['nr_alloc_batch', 'nr_pages_scanned', 'allocstall'].some(name => stats.has(name))
  return told(vmstat) || zoneinfo.zones.some(({ stats }) => told(stats) || (stats.has('nr_inactive_file') && !stats.has('nr_zone_inactive_file')))
}

function layoutOf(reading: FileReadings): KernelDefinition['traits']['procFiles'] | undefined {
  if (listsByZone(reading)) return 'linux-3.18'
  const { zoneinfo: { zones, nodeStats } } = reading
  if (nodeStats.size === 0 || zones.some(({ stats }) => stats.has('boost') || stats.has('promo'))) return undefined
  return zones.some(({ stats }) => stats.has('nr_zone_write_pending')) ? 'linux-5.15' : undefined
}

/** A machine from the text of its /proc files. */
import type { KernelDefinition } from 'reclaim-lab'
import type { ImportSummary, MachineFiles, Problem, Result } from '../../../preload/contract'
import type { DiskSpec, KernelMemory, Machine, Scenario, SwapSpec, Text, ZoneLru } from '../../engine'
import { ssd } from '../presets/machines'
import { MAX_CPUS } from '../scenario/limits'
import { parseScenario } from '../scenario-schema'
import { buildMachine } from './build-machine'
import { memhogRamp } from './default-workload'
import { kernelOf, listsByZone } from './kernel-of'
import { Notes, pagesText, pagesTextZh } from './notes'
import { readFiles } from './read-files'
import type { FileReadings } from './read-files'
import { say } from '../say'

/** What only the machine itself can tell, beside the files of the contract. */
export interface MachineExtras {
  readonly cpus?: number
  readonly thp?: Machine['thp']
  /** /proc/swaps */
  readonly swaps?: string
  readonly title?: Text
}

/** `kernel` unless the files are of one of `others`. */
export function importText(files: MachineFiles, byDefault: KernelDefinition, extras: MachineExtras = {}, others: readonly KernelDefinition[] = []): Result<ImportSummary> {
  const reading = readFiles(files)
  if (!reading.ok) return reading
  const notes = new Notes()
  const { value } = reading
  const kernel = kernelOf(value, byDefault, others, notes)
  const nodeLru = lruOfNodes(value)
  const built = buildMachine({ zones: value.zoneinfo.zones, nodeLru, buddyinfo: value.buddyinfo, sysctls: value.sysctls, kernelMemory: kernelMemory(value) }, kernel, notes)
  if (built.problems.length > 0) return { ok: false, problems: built.problems }
  const swap = readSwap(value, extras, notes)
  const machine: Machine = { ...surroundings(value, extras, notes), zones: built.zones, swap, disks: disks(swap, notes), kernelMemory: built.kernelMemory }
  const cache = built.zones.reduce((sum, zone) => sum + (zone.lru?.inactiveFile ?? 0) + (zone.lru?.activeFile ?? 0), 0)
  const ramp = memhogRamp({ ...built.room, reclaimable: cache + swap.reduce((sum, area) => sum + area.pages, 0) }, notes)
  noteRest(value, notes)
  const title = extras.title ?? say('Imported machine', '导入的机器')
  const scenario: Scenario = { format: 1, id: 'imported-machine', title, about: say('Made from the machine\'s own /proc files.', '由机器自己的 /proc 文件得来。'), machine, sysctls: built.sysctls, files: [], ...ramp }
  return summary(scenario, kernel, notes)
}

/** The scenario goes through the same checks as everybody's. */
export function summary(scenario: Scenario, kernel: KernelDefinition, { read, assumed, notModelled }: Notes): Result<ImportSummary> {
  const checked = parseScenario(scenario, kernel.sysctls)
  if (checked.ok) return { ok: true, value: { scenario: checked.value, kernel: kernel.name, read, assumed, notModelled } }
  return { ok: false, problems: checked.problems.map((problem): Problem => ({ ...problem, path: `imported.${problem.path}` })) }
}

// ---- LRU and kernel memory: by node, or for the whole machine -----------------------------------------------------------

/** For nodes whose zones don't tell their LRU sizes: from the node's own counters, or, with one node, from vmstat or meminfo. */
function lruOfNodes({ zoneinfo, vmstat, meminfo }: FileReadings): ReadonlyMap<number, ZoneLru> {
  const found = new Map<number, ZoneLru>()
  const telling = new Set(zoneinfo.zones.filter(({ stats }) => stats.has('nr_zone_inactive_file') || stats.has('nr_inactive_file')).map(zone => zone.node))
  for (const [node, stats] of zoneinfo.nodeStats) if (!telling.has(node) && stats.has('nr_inactive_file')) found.set(node, lruFrom(name => stats.get(`nr_${name}`) ?? 0))
  const nodes = new Set(zoneinfo.zones.map(zone => zone.node))
  if (telling.size > 0 || found.size > 0 || nodes.size !== 1) return found
  const [node] = nodes
  if (vmstat.has('nr_inactive_file')) found.set(node, lruFrom(name => vmstat.get(`nr_${name}`) ?? 0))
  else if (meminfo.has('Inactive(file)')) found.set(node, lruFrom(name => Math.floor((meminfo.get(MEMINFO_NAMES[name]) ?? 0) / 4)))
  return found
}

const MEMINFO_NAMES = { inactive_anon: 'Inactive(anon)', active_anon: 'Active(anon)', inactive_file: 'Inactive(file)', active_file: 'Active(file)', unevictable: 'Unevictable' } as const

function lruFrom(of: (name: keyof typeof MEMINFO_NAMES) => number): ZoneLru {
  const pages = (name: keyof typeof MEMINFO_NAMES) => Math.max(0, of(name))
  return { inactiveAnon: pages('inactive_anon'), activeAnon: pages('active_anon'), inactiveFile: pages('inactive_file'), activeFile: pages('active_file'), unevictable: pages('unevictable') }
}

function kernelMemory(reading: FileReadings): KernelMemory | undefined {
  const { zoneinfo, vmstat, meminfo } = reading
  const kb = (name: string) => Math.floor((meminfo.get(name) ?? 0) / 4)
  if (meminfo.has('SUnreclaim')) return { slabReclaimable: kb('SReclaimable'), slabUnreclaimable: kb('SUnreclaim'), pageTables: kb('PageTables'), kernelStack: kb('KernelStack') }
  // Before 4.8 zones tell what nodes do later, and stacks were counted as such, each 16 kB.
  const byZone = listsByZone(reading)
  const stats = byZone ? zoneinfo.zones.map(zone => zone.stats) : [...zoneinfo.nodeStats.values()]
  const source = vmstat.has('nr_slab_unreclaimable') ? [vmstat] : stats.some(each => each.has('nr_slab_unreclaimable')) ? stats : undefined
  if (!source) return undefined
  const sum = (name: string) => source.reduce((total, each) => total + Math.max(0, each.get(name) ?? 0), 0)
  return { slabReclaimable: sum('nr_slab_reclaimable'), slabUnreclaimable: sum('nr_slab_unreclaimable'), pageTables: sum('nr_page_table_pages'), kernelStack: byZone ? sum('nr_kernel_stack') * 4 : Math.floor(sum('nr_kernel_stack') / 4) }
}

// ---- what stands around the zones ---------------------------------------------------------------------------------------

function surroundings({ zoneinfo }: FileReadings, extras: MachineExtras, notes: Notes): Pick<Machine, 'cpus' | 'profile' | 'preemption' | 'hz' | 'thp'> {
  const listed = extras.cpus ?? zoneinfo.cpus
  const cpus = Math.min(MAX_CPUS, Math.max(1, listed))
  if (listed > cpus) notes.notModelled.push(say(`CPUs beyond ${MAX_CPUS}; the machine has ${listed}`, `超过 ${MAX_CPUS} 个的 CPU；机器有 ${listed} 个`))
  else if (listed > 0) notes.read.push(say(`${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}`, `${cpus} 个 CPU`))
  else notes.assumed.push(say('1 CPU: the listing has no pagesets', '1 个 CPU：列表里没有 pagesets'))
  const thp = extras.thp ?? 'never'
  if (extras.thp === undefined) notes.assumed.push(say('transparent huge pages: never', '透明大页：never'))
  else notes.read.push(say(`transparent huge pages: ${thp}`, `透明大页：${thp}`))
  notes.assumed.push(say('CPU costs of profile "server", voluntary preemption, 250 timer ticks a second', 'CPU 开销按 "server"，自愿抢占，每秒 250 个时钟节拍'))
  return { cpus, profile: 'server', preemption: 'voluntary', hz: 250, thp }
}

function readSwap({ meminfo, swaps: given }: FileReadings, extras: MachineExtras, notes: Notes): readonly SwapSpec[] {
  const swaps = given.length > 0 ? given.join('\n') : extras.swaps
  const areas = swaps === undefined ? [] : swapAreas(swaps)
  const totalKb = meminfo.get('SwapTotal')
  if (areas.length === 0 && totalKb === undefined && swaps === undefined) notes.assumed.push(say('no swap: neither meminfo nor swaps was given', '没有 swap：没有给出 meminfo 或 swaps'))
  else if (areas.length === 0 && totalKb) notes.assumed.push(say(`swap of ${pagesText(totalKb / 4)} is one area on a disk`, `${pagesTextZh(totalKb / 4)} 的 swap 按磁盘上的一个区处理`))
  else notes.read.push(areas.length === 0 ? say('no swap', '没有 swap') : say(`swap: ${areas.map(area => `${pagesText(area.pages)} on ${area.kind}`).join(', ')}`, `swap：${areas.map(area => `${area.kind} 上 ${pagesTextZh(area.pages)}`).join('，')}`))
  const usedKb = (totalKb ?? 0) - (meminfo.get('SwapFree') ?? totalKb ?? 0)
  if (usedKb > 0) notes.notModelled.push(say(`${pagesText(Math.ceil(usedKb / 4))} already swapped out; swap starts empty`, `已换出的 ${pagesTextZh(Math.ceil(usedKb / 4))}；swap 从空开始`))
  return areas.length === 0 && totalKb ? [{ kind: 'disk', disk: 'vdb', pages: Math.floor(totalKb / 4) + SWAP_HEADER, priority: -2 }] : areas
}

/** The first page of an area holds its header and isn't counted in the files. */
const SWAP_HEADER = 1

/** /proc/swaps: Filename, Type, Size (kB, without the header page), Used, Priority. */
export function swapAreas(swaps: string): readonly SwapSpec[] {
  return swaps.split('\n').slice(1).flatMap((line): SwapSpec[] => {
    const [file = '', , size, , priority] = line.trim().split(/\s+/)
    const usable = Math.floor(Number(size) / 4)
    if (!(usable > 0)) return []
    const common = { pages: usable + SWAP_HEADER, priority: Number(priority) || 0 }
    return [/\/zram\d+$/.test(file) ? { kind: 'zram', ...common } : { kind: 'disk', disk: 'vdb', ...common }]
  })
}

function disks(swap: readonly SwapSpec[], notes: Notes): readonly DiskSpec[] {
  notes.assumed.push(say('disks like an SSD: 20,000 requests and 500 MB a second, 100 µs a read', '磁盘按 SSD：每秒 20,000 个请求、500 MB，读延迟 100 µs'))
  return swap.some(area => area.kind === 'disk') ? [ssd('vda'), ssd('vdb')] : [ssd('vda')]
}

function noteRest({ zoneinfo, meminfo, vmstat, unused }: FileReadings, notes: Notes): void {
  if (zoneinfo.empty.length > 0) notes.read.push(say(`empty zones left out: ${zoneinfo.empty.join('; ')}`, `略去空的 zone：${zoneinfo.empty.join('；')}`))
  for (const { command, line } of unused) notes.notModelled.push(say(`the output from line ${line} on (${command.slice(0, 80)}) was not used`, `第 ${line} 行起的输出（${command.slice(0, 80)}）没有使用`))
  const dirty = Math.floor(((meminfo.get('Dirty') ?? 0) + (meminfo.get('Writeback') ?? 0)) / 4)
  if (dirty > 0) notes.notModelled.push(say(`${dirty} dirty pages; all file pages start clean`, `${dirty} 个脏页；所有文件页一开始都是干净的`))
  if (vmstat.size > 0) notes.notModelled.push(say('counters since boot; they start at 0', '开机以来的计数器；从 0 开始'))
  if ((meminfo.get('HugePages_Total') ?? 0) > 0) notes.notModelled.push(say('huge pages of hugetlbfs; they count as kernel memory', 'hugetlbfs 的大页；算作内核内存'))
  notes.notModelled.push(say('which process or file a page belongs to, and how fragmented the used memory is', '每页属于哪个进程或文件，以及已用内存的碎片情况'))
}

/**
 * A measured run's `config.json` -> its machine and its workload as they were. The disks, the machine profile and the timer are those of the emulated machine all
 * these runs were made on; sampler and ticker run beside the workload as daemons. Their page faults and locked memory are not modelled.
 */
import { z } from 'zod'
import type { KernelDefinition } from 'reclaim-lab'
import type { ImportSummary, Problem, Result } from '../../../preload/contract'
import type { Machine, Phase, ProcessSpec, Scenario, SwapSpec, ZoneLru } from '../../engine'
import { measuredDisk } from '../presets/machines'
import { sysctlName } from '../scenario/check-sysctls'
import { jsonFault } from '../scenario/json-position'
import { ZONE_NAMES } from '../scenario/limits'
import { complaint, dottedPath } from '../scenario/problems'
import { buildMachine } from './build-machine'
import { summary, swapAreas } from './import-text'
import { Notes, pagesText, pagesTextZh } from './notes'
import type { ZoneReading } from './parse-zoneinfo'
import { notText } from './text-lines'
import { say } from '../say'

// The second was made by fallocate: its pages end their first writeback in stretches of 2048.
const FILES: Scenario['files'] = [{ path: '/mnt/big.dat', pages: 163_840, disk: 'vda' }, { path: '/mnt/wr.dat', pages: 65_536, disk: 'vda', preallocated: 1 }]
/** These runs tell no end; they end with their processes. */
const DURATION_MS = 3_600_000

// ---- the shape: only what is used; the rest of the file may be anything -------------------------------------------------

const count = () => z.number({ error: 'a whole number of pages' }).int({ error: 'a whole number of pages' }).min(0, { error: 'a whole number of pages from 0' })
const words = () => z.string({ error: 'a text' })

const zone = z.object({
  node: count(), zone: z.enum(ZONE_NAMES, { error: `one of ${ZONE_NAMES.join(', ')}` }), managed: count(), free: count(), boost: count().optional(), min: count(), low: count(), high: count(),
  spanned: count().optional(), present: count().optional(), pcp: z.object({ count: count() }).optional(),
  nr_zone_inactive_anon: count().optional(), nr_zone_active_anon: count().optional(), nr_zone_inactive_file: count().optional(), nr_zone_active_file: count().optional(),
}, { error: 'a zone' })

const zones = z.array(zone, { error: 'a list of zones' }).min(1, { error: 'a list of at least one zone' }).max(256, { error: 'a list of at most 256 zones' })
const sysctls = z.record(z.string(), z.union([z.string(), z.number()], { error: 'a number or a text' }), { error: 'an object of sysctls' })
const workload = z.array(z.object({ name: words(), phases: z.array(z.looseObject({ op: words() }, { error: 'a phase with an "op"' }), { error: 'a list of phases' }) }, { error: 'a process { name, phases }' }), { error: 'a list of processes' })

const config = z.object({
  scenario: words(), variant: words(), run: z.union([z.number(), z.string()]).optional(), about: words().optional(), kernel: words().optional(), cmdline: words().optional(),
  smp: z.number({ error: 'the number of CPUs' }).int({ error: 'the number of CPUs' }).min(1, { error: 'the number of CPUs' }),
  mglru: words().optional(), swap: z.enum(['none', 'disk', 'zram'], { error: 'one of "none", "disk", "zram"' }), swap_bytes: count(), proc_swaps: words().optional(),
  sysctl_set: sysctls.optional(), sysctl_read: sysctls.optional(), sysfs_read: z.record(z.string(), words()).optional(),
  zones_at_start: zones, base_at_start: z.record(z.string(), z.number()).optional(),
  start: z.object({ zones: zones.optional(), buddyinfo: z.record(z.string(), z.array(count()).length(11, { error: 'a list of 11 numbers of free blocks, orders 0 to 10' })).optional() }).optional(),
  qemu: z.looseObject({ mode: words().optional() }).optional(), sampler: z.looseObject({ interval_ms: z.number().optional() }).optional(),
  workload,
}, { error: 'a run\'s config.json: an object with scenario, variant, smp, swap, zones_at_start, workload' })

/** A virtio disk with a queue of 256 takes requests of at most this many segments; a page written to swap is one. */
const VIRTIO_SEGMENTS = 254

/** The measured machines run a process that sleeps 2 ms in a loop: its context switches flush the TLB. */
const TICKER_US = 2000

type Config = z.output<typeof config>

/** The same file with only the fields that are read here; throws on one that `importConfig` would refuse. */
export function importedFields(json: unknown): unknown {
  return config.parse(json)
}

export function importConfig(text: string, kernel: KernelDefinition): Result<ImportSummary> {
  const refuse = (problems: readonly Problem[]) => ({ ok: false, problems }) as const
  const unreadable = notText(text)
  if (unreadable) return refuse([{ path: 'config.json', message: unreadable }])
  const bare = text.replace(/^\ufeff/, '')
  const fault = jsonFault(bare)
  if (fault) {
    const line = bare.slice(0, fault.index).split('\n').length
    return refuse([{ path: `config.json:${line}`, line, message: `is not JSON: expected ${fault.expected}${bare.trimEnd().endsWith('}') ? '' : '; the text does not end with "}": it was cut off'}` }])
  }
  const json: unknown = JSON.parse(bare)
  const parsed = config.safeParse(json)
  if (!parsed.success) return refuse(parsed.error.issues.slice(0, 100).map(issue => ({ path: issue.path.length > 0 ? dottedPath(issue.path) : 'config.json', message: complaint(valueAt(json, issue.path), issue.message) })))
  return convert(parsed.data, kernel)
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, step) => (typeof at === 'object' && at !== null && Object.hasOwn(at, step) ? (at as Record<PropertyKey, unknown>)[step] : undefined), json)
}

function convert(read: Config, kernel: KernelDefinition): Result<ImportSummary> {
  const notes = new Notes()
  const readings = {
    zones: withUnevictable(read).map(zoneReading), nodeLru: new Map<number, ZoneLru>(), sysctls: sysctlTexts(read),
    buddyinfo: new Map(Object.entries(read.start?.buddyinfo ?? {}).map(([name, blocks]) => [`0 ${name}`, blocks])), kernelMemory: kernelMemory(read),
  }
  const built = buildMachine(readings, kernel, notes)
  if (built.problems.length > 0) return { ok: false, problems: built.problems }
  const machine: Machine = {
    cpus: read.smp, profile: 'emulated-1ghz', preemption: 'voluntary', hz: 250, thp: thpOf(read), tlbFlushUs: TICKER_US, zones: built.zones, kernelMemory: built.kernelMemory,
    disks: [measuredDisk('vda'), { ...measuredDisk('vdb'), maxSegments: VIRTIO_SEGMENTS }], swap: swapOf(read).map(withContent),
  }
  const name = `${read.scenario} ${read.variant}${read.run === undefined ? '' : ` run ${read.run}`}`
  const processes = workloadOf(read, kernel, notes)
  noteConfig(read, machine, notes)
  const scenario: Scenario = {
    format: 1, id: slug(name), title: say(name, `实测运行 ${name}`), about: say(read.about ?? name, read.about ?? name), machine, sysctls: built.sysctls, files: FILES, processes: [...processes, ...observers(read.sampler?.interval_ms ?? 100)],
    durationMs: DURATION_MS, sampleMs: read.sampler?.interval_ms ?? 100,
  }
  return summary(scenario, kernel, notes)
}

/** What watched the measured runs, on the same CPU: the sampler at the highest priority, about 1 ms a sample after it has the counters folded, and the ticker that only wakes and sleeps again. */
function observers(intervalMs: number): readonly ProcessSpec[] {
  const daemon = { oomScoreAdj: -1000, daemon: 1 } as const
  return [
    { ...daemon, name: 'sampler', nice: -20, phases: [{ op: 'work', us: 1000, everyMs: intervalMs, count: 1_000_000, statRefresh: 1 }] },
    { ...daemon, name: 'ticker', phases: [{ op: 'work', us: 2, everyMs: 2, count: 50_000_000 }] },
  ]
}

/** `F_thrash cyclic_1.10 run 1` -> `f-thrash-cyclic-1-10-run-1` */
function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 80).replace(/-+$/, '') || 'measured-run'
}

// ---- machine ----------------------------------------------------------------------------------------------------------

type ConfigZone = z.output<typeof zone> & { readonly unevictable: number }

/** Unevictable pages are told for the machine only; they are put into the largest zone, as far as there is room. */
function withUnevictable(read: Config): readonly ConfigZone[] {
  const start = read.start?.zones ?? read.zones_at_start
  const largest = start.reduce((most, each) => (each.managed > most.managed ? each : most))
  const used = largest.free + (largest.pcp?.count ?? 0) + (largest.nr_zone_inactive_anon ?? 0) + (largest.nr_zone_active_anon ?? 0) + (largest.nr_zone_inactive_file ?? 0) + (largest.nr_zone_active_file ?? 0)
  const unevictable = Math.max(0, Math.min(read.base_at_start?.nr_unevictable ?? 0, largest.managed - used))
  return start.map(each => ({ ...each, unevictable: each === largest ? unevictable : 0 }))
}

function zoneReading(read: ConfigZone): ZoneReading {
  const boost = read.boost ?? 0
  const lru = ['inactive_anon', 'active_anon', 'inactive_file', 'active_file'] as const
  return {
    node: read.node, name: read.zone, line: 1, managed: read.managed, free: read.free, present: read.present, spanned: read.spanned, boost, pcp: read.pcp?.count ?? 0,
    marks: { min: read.min - boost, low: read.low - boost, high: read.high - boost },
    stats: new Map<string, number>([...lru.map(name => [`nr_zone_${name}`, read[`nr_zone_${name}`] ?? 0] as const), ['nr_zone_unevictable', read.unevictable]]),
  }
}

/** These machines drop their caches and compact all memory half a second before the workload starts: compaction's skip hints of then still hold. */
const COMPACTED = ['vm.compact_memory', '1'] as const

/** What was read back; where a file has only what was set, that. */
function sysctlTexts(read: Config): ReadonlyMap<string, string> {
  const all = { ...read.sysctl_set, ...read.sysctl_read, ...lruGen(read) }
  return new Map([...Object.entries(all).map(([name, value]) => [sysctlName(name), String(value)] as const), COMPACTED])
}

/** The multi-generational LRU: `y` switches all of it on; the kernel prints its parts as hexadecimal bits. */
function lruGen({ mglru, sysfs_read: sysfs }: Config): Readonly<Record<string, string>> {
  if (mglru !== 'y') return {}
  const enabled = sysfs?.['/sys/kernel/mm/lru_gen/enabled'] ?? '0x7'
  const minTtl = sysfs?.['/sys/kernel/mm/lru_gen/min_ttl_ms'] ?? '0'
  return { '/sys/kernel/mm/lru_gen/enabled': String(Number(enabled)), '/sys/kernel/mm/lru_gen/min_ttl_ms': minTtl }
}

function kernelMemory({ base_at_start: base }: Config): Machine['kernelMemory'] {
  if (base?.nr_slab_unreclaimable === undefined) return undefined
  const pages = (name: string) => Math.max(0, Math.floor(base[name] ?? 0))
  return { slabReclaimable: pages('nr_slab_reclaimable'), slabUnreclaimable: pages('nr_slab_unreclaimable'), pageTables: pages('nr_page_table_pages'), kernelStack: Math.floor(pages('nr_kernel_stack') / 4) }
}

/** Where the measured programs did not fill pages with noise they stored one word: the rest is zeros, and a page compresses to next to nothing. */
function withContent(area: SwapSpec): SwapSpec {
  return area.kind === 'zram' ? { ...area, compressedBytes: [40, 40] } : area
}

/** /proc/swaps tells the usable size; without it the header page of a zram disk is taken off (a partition's size comes without). */
function swapOf({ swap, swap_bytes: bytes, proc_swaps: swaps }: Config): readonly SwapSpec[] {
  if (swap === 'none') return []
  const listed = swapAreas(swaps ?? '')
  if (listed.length > 0) return listed
  const pages = Math.floor(bytes / 4096)
  return swap === 'zram' ? [{ kind: 'zram', pages: pages - 1, priority: -2 }] : [{ kind: 'disk', disk: 'vdb', pages, priority: -2 }]
}

function thpOf({ sysfs_read: sysfs, cmdline }: Config): Machine['thp'] {
  const chosen = /\[(never|madvise|always)\]/.exec(sysfs?.['/sys/kernel/mm/transparent_hugepage/enabled'] ?? '') ?? /transparent_hugepage=(never|madvise|always)/.exec(cmdline ?? '')
  return (chosen?.[1] as Machine['thp'] | undefined) ?? 'never'
}

// ---- workload ---------------------------------------------------------------------------------------------------------

/** As it is, but for writes to sysctls that the kernel plugin doesn't have. The schema checks every phase afterwards. */
function workloadOf(read: Config, kernel: KernelDefinition, notes: Notes): readonly ProcessSpec[] {
  const dropped = new Set<string>()
  const processes = read.workload.map(({ name, phases }) => ({
    name,
    phases: (phases as unknown as readonly Phase[]).filter(phase => {
      const unknown = phase.op === 'sysctl' && typeof phase.path === 'string' && !Object.hasOwn(kernel.sysctls, sysctlName(phase.path))
      if (unknown) dropped.add(sysctlName(phase.path))
      return !unknown
    }),
  }))
  const count = processes.reduce((sum, { phases }) => sum + phases.length, 0)
  notes.read.push(say(`workload: ${processes.length} ${processes.length === 1 ? 'process' : 'processes'}, ${count} phases, with their seeds`, `负载：${processes.length} 个进程，${count} 个阶段，随机种子照旧`))
  if (dropped.size > 0) notes.notModelled.push(say(`writes to ${[...dropped].join(', ')}; left out of the workload`, `写 ${[...dropped].join('、')}；已从负载中去掉`))
  return processes
}

function noteConfig(read: Config, machine: Machine, notes: Notes): void {
  const areas = swapOf(read)
  const swap = areas.map(area => `${pagesText(area.pages)} on ${area.kind}`).join(', ') || 'none'
  const swapZh = areas.map(area => `${area.kind} 上 ${pagesTextZh(area.pages)}`).join('，') || '无'
  notes.read.push(say(`${machine.cpus} ${machine.cpus === 1 ? 'CPU' : 'CPUs'}, swap: ${swap}, transparent huge pages: ${machine.thp}`, `${machine.cpus} 个 CPU，swap：${swapZh}，透明大页：${machine.thp}`))
  notes.assumed.push(
    say('CPU costs of profile "emulated-1ghz", voluntary preemption, 250 timer ticks a second', 'CPU 开销按 "emulated-1ghz"，自愿抢占，每秒 250 个时钟节拍'),
    say('disks vda and vdb behind one throttle: 2000 requests and 100 MB a second, 0.1 s of burst; readahead 32 pages', '磁盘 vda 和 vdb 共用一个限速：每秒 2000 个请求、100 MB，突发 0.1 秒；预读 32 页'),
    say('migrate types as on a machine just started', '迁移类型按刚启动的机器'))
  if (read.qemu?.mode !== undefined && read.qemu.mode !== 'icount') notes.notModelled.push(say('the host\'s speed: this run\'s times are wall-clock times of a loaded host', '宿主机的速度：该次运行的时间是有负载的宿主机的实际时间'))
  notes.notModelled.push(say('page faults and locked memory of the sampler and the ticker', '采样器和 ticker 的缺页与锁定内存'))
}

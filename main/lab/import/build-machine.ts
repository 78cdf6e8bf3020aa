/** Readings of a machine's files -> zones and sysctls of a scenario, with notes of what was read, assumed and left out. */
import type { KernelDefinition } from 'reclaim-lab'
import type { Problem } from '../../../preload/contract'
import type { KernelMemory, Scenario, ZoneLru, ZoneSpec } from '../../engine'
import { crowdedOrder, lruPages } from '../scenario/check-machine'
import { automaticMinFreeKb, computeMarks, matchMarks, userReserves } from './boot-marks'
import type { MarkMatch } from './boot-marks'
import type { Notes} from './notes';
import { pagesText, pagesTextZh } from './notes'
import type { ZoneReading } from './parse-zoneinfo'
import { say } from '../say'

export interface MachineReadings {
  readonly zones: readonly ZoneReading[]
  /** LRU sizes of nodes whose zones don't tell their own. */
  readonly nodeLru: ReadonlyMap<number, ZoneLru>
  readonly buddyinfo: ReadonlyMap<string, readonly number[]>
  readonly sysctls: ReadonlyMap<string, string>
  readonly kernelMemory?: KernelMemory
}

export interface BuiltMachine {
  readonly zones: readonly ZoneSpec[]
  readonly kernelMemory?: KernelMemory
  readonly sysctls: Scenario['sysctls']
  /** What a user process can take until every zone is at this mark plus its reserve. */
  readonly room: { readonly low: number; readonly min: number }
  readonly problems: readonly Problem[]
}

export function buildMachine(readings: MachineReadings, kernel: KernelDefinition, notes: Notes): BuiltMachine {
  const problems: Problem[] = []
  const numbered = renumberNodes(readings, notes)
  const read = readSysctls(readings.sysctls, kernel, notes, problems)
  checkBuddyinfo(numbered, problems)
  const plain = spreadLru(numbered.zones.map(zone => fillZone(zone, numbered, notes, problems)), numbered.nodeLru)
  const { zones, sysctls } = applyMarks(numbered.zones, plain, read, kernel, notes)
  const kernelMemory = fitKernelMemory(readings.kernelMemory, zones, notes)
  noteZones(zones, notes)
  return { zones, kernelMemory, sysctls, room: roomOf(zones, sysctls, kernel), problems }
}

// ---- zones ------------------------------------------------------------------------------------------------------------

/** Nodes without memory print no zones with pages; the simulator numbers nodes from 0 without gaps. */
function renumberNodes(readings: MachineReadings, notes: Notes): MachineReadings {
  const nodes = [...new Set(readings.zones.map(zone => zone.node))].sort((a, b) => a - b)
  if (nodes.every((node, i) => node === i)) return readings
  notes.assumed.push(say(`nodes ${nodes.join(', ')} are numbered 0 to ${nodes.length - 1}: those between have no memory`, `节点 ${nodes.join('、')} 重新编号为 0 到 ${nodes.length - 1}：中间的节点没有内存`))
  const renumber = (node: number) => nodes.indexOf(node)
  return {
    ...readings,
    zones: readings.zones.map(zone => ({ ...zone, node: renumber(zone.node) })),
    nodeLru: new Map([...readings.nodeLru].map(([node, lru]) => [renumber(node), lru])),
    buddyinfo: new Map([...readings.buddyinfo].map(([key, blocks]) => [key.replace(/^\d+/, node => String(renumber(Number(node)))), blocks])),
  }
}

function checkBuddyinfo({ zones, buddyinfo }: MachineReadings, problems: Problem[]): void {
  for (const [key, blocks] of buddyinfo) {
    const known = zones.some(zone => `${zone.node} ${zone.name}` === key)
    if (known || blocks.every(count => count === 0)) continue
    const [node, name] = key.split(' ')
    problems.push({ path: 'buddyinfo', message: `has free pages in node ${node}, zone ${name}, which zoneinfo does not have: the two are from different machines` })
  }
}

function fillZone(zone: ZoneReading, readings: MachineReadings, notes: Notes, problems: Problem[]): ZoneSpec {
  const label = `node ${zone.node}, zone ${zone.name}`
  const own = zoneLru(zone.stats)
  const spec: ZoneSpec = { node: zone.node, name: zone.name, managed: zone.managed, present: zone.present ?? zone.managed, spanned: zone.spanned ?? zone.present ?? zone.managed, pcp: zone.pcp, lru: own }
  const free = zone.free ?? zone.managed - zone.pcp - lruPages(own)
  if (zone.free === undefined) notes.assumed.push(say(`${label}: all of it free, since the listing has no "pages free"`, `${label}：没有 "pages free" 行，按全部空闲处理`))
  const used = free + zone.pcp + lruPages(own)
  if (free < 0 || used > zone.managed) {
    problems.push({ path: `zoneinfo:${zone.line}`, line: zone.line, message: `${label}: free, per-cpu and LRU pages are ${used.toLocaleString('en-US')} together, more than its ${zone.managed.toLocaleString('en-US')} managed pages` })
  }
  if (zone.boost > 0) notes.notModelled.push(say(`${label}: watermark_boost of ${zone.boost} pages; it starts at 0 and the marks are those without it`, `${label}：watermark_boost ${zone.boost} 页；从 0 开始，水位已减去它`))
  return { ...spec, ...freeBlocks(spec, free, readings, notes) }
}

/** buddyinfo is read at another instant than zoneinfo; its sum is taken where it fits. */
function freeBlocks(zone: ZoneSpec, free: number, { buddyinfo }: MachineReadings, notes: Notes): Pick<ZoneSpec, 'free' | 'freeByOrder'> {
  const blocks = buddyinfo.get(`${zone.node} ${zone.name}`)
  if (!blocks) return { free }
  const sum = blocks.reduce((total, count, order) => total + count * 2 ** order, 0)
  const label = `node ${zone.node}, zone ${zone.name}`
  if (crowdedOrder(zone, blocks) !== undefined) {
    notes.assumed.push(say(`${label}: ${free} free pages in the largest blocks; buddyinfo's small blocks don't fit between the ${zone.managed - sum} pages in use`, `${label}：${free} 个空闲页按最大块排列；buddyinfo 的小块放不进 ${zone.managed - sum} 个已用页之间`))
    return { free }
  }
  if (sum === free) return { free, freeByOrder: blocks }
  if (sum + (zone.pcp ?? 0) + lruPages(zone.lru) > zone.managed) {
    notes.notModelled.push(say(`${label}: buddyinfo's ${sum} free pages don't fit; zoneinfo's ${free} are taken in the largest blocks`, `${label}：buddyinfo 的 ${sum} 个空闲页放不下，按 zoneinfo 的 ${free} 页、最大块处理`))
    return { free }
  }
  notes.assumed.push(say(`${label}: ${sum} free pages as in buddyinfo; zoneinfo, read at another moment, has ${free}`, `${label}：空闲页取 buddyinfo 的 ${sum}；zoneinfo 在另一时刻读到 ${free}`))
  return { free: sum, freeByOrder: blocks }
}

function zoneLru(stats: ReadonlyMap<string, number>): ZoneLru {
  const of = (name: string) => Math.max(0, stats.get(`nr_zone_${name}`) ?? stats.get(`nr_${name}`) ?? 0)
  return { inactiveAnon: of('inactive_anon'), activeAnon: of('active_anon'), inactiveFile: of('inactive_file'), activeFile: of('active_file'), unevictable: of('unevictable') }
}

/** LRU totals of a node, put into its zones from the highest down as far as there is room: the kernel prefers the highest zone. */
function spreadLru(zones: readonly ZoneSpec[], nodeLru: ReadonlyMap<number, ZoneLru>): readonly ZoneSpec[] {
  const left = new Map([...nodeLru].map(([node, lru]) => [node, { ...lru }]))
  return zones.toReversed().map(zone => {
    const rest = left.get(zone.node)
    if (!rest) return zone
    let room = zone.managed - (zone.free ?? 0) - (zone.pcp ?? 0)
    const take = (key: keyof ZoneLru) => {
      const taken = Math.min(room, rest[key])
      room -= taken
      rest[key] -= taken
      return taken
    }
    return { ...zone, lru: { unevictable: take('unevictable'), activeAnon: take('activeAnon'), inactiveAnon: take('inactiveAnon'), activeFile: take('activeFile'), inactiveFile: take('inactiveFile') } }
  }).toReversed()
}

// ---- marks ------------------------------------------------------------------------------------------------------------

interface Marked { readonly zones: readonly ZoneSpec[]; readonly sysctls: Scenario['sysctls'] }

function applyMarks(read: readonly ZoneReading[], zones: readonly ZoneSpec[], sysctls: Scenario['sysctls'], kernel: KernelDefinition, notes: Notes): Marked {
  if (read.every(zone => !zone.marks)) {
    notes.assumed.push(say(`marks as ${kernel.name} computes them; the listing has none`, `水位按 ${kernel.name} 的公式计算；列表里没有`))
    return { zones, sysctls }
  }
  const match = matchMarks(read, knobsOf(sysctls, kernel), kernel)
  if (!match) {
    notes.assumed.push(say(`marks start as printed, though ${kernel.name} would compute others; a write to a watermark sysctl recomputes them`, `水位按打印值开始，${kernel.name} 的公式会得到别的值；写水位相关的 sysctl 时重新计算`))
    return { zones: zones.map((zone, i) => ({ ...zone, marks: read[i].marks })), sysctls }
  }
  noteMatch(read, match, sysctls, notes, kernel)
  const explained = zones.map((zone, i) => (match.managed[i] === zone.managed ? zone : { ...zone, managedAtWmarkSetup: match.managed[i] }))
  // The kernel computes an automatic value itself, and a policy may want to.
  const { 'vm.min_free_kbytes': _written, ...rest } = sysctls
  return { zones: explained, sysctls: match.automatic ? rest : { ...rest, 'vm.min_free_kbytes': match.minFreeKb } }
}

function noteMatch(read: readonly ZoneReading[], match: MarkMatch, sysctls: Scenario['sysctls'], notes: Notes, kernel: KernelDefinition): void {
  notes.read.push(say(`marks of all zones: exactly what ${kernel.name} computes`, `所有 zone 的水位：与 ${kernel.name} 的公式完全一致`))
  if (sysctls['vm.min_free_kbytes'] === undefined) notes.assumed.push(say(`vm.min_free_kbytes is ${match.minFreeKb} kB: it follows from the marks`, `vm.min_free_kbytes 为 ${match.minFreeKb} kB：由水位推出`))
  read.forEach((zone, i) => {
    const size = match.managed[i]
    if (size === zone.managed) return
    const late = zone.managed - size
    notes.assumed.push(say(
      `node ${zone.node}, zone ${zone.name} managed ${pagesText(size)} when the marks were computed: they fit that size, so ${pagesText(late)} were freed into it later (an initrd, for instance)`,
      `node ${zone.node}, zone ${zone.name} 计算水位时管理 ${pagesTextZh(size)}：水位与此相符，之后又有 ${pagesTextZh(late)} 释放进来（例如 initrd）`))
  })
}

function roomOf(zones: readonly ZoneSpec[], sysctls: Scenario['sysctls'], kernel: KernelDefinition): BuiltMachine['room'] {
  const managed = zones.map(zone => zone.managedAtWmarkSetup ?? zone.managed)
  const knobs = knobsOf(sysctls, kernel)
  const computed = computeMarks(zones, managed, { ...knobs, minFreeKb: knobs.minFreeKb ?? automaticMinFreeKb(zones, managed, kernel) }, kernel)
  const byDefault = kernel.sysctls['vm.lowmem_reserve_ratio']?.default
  const ratio = sysctls['vm.lowmem_reserve_ratio'] ?? byDefault
  const reserves = userReserves(zones, Array.isArray(ratio) ? ratio as readonly number[] : [], kernel)
  const until = (mark: 'min' | 'low') => zones.reduce((sum, zone, i) => sum + Math.max(0, (zone.free ?? 0) - (zone.marks?.[mark] ?? computed[i]?.[mark] ?? 0) - reserves[i]), 0)
  return { low: until('low'), min: until('min') }
}

function knobsOf(sysctls: Scenario['sysctls'], kernel: KernelDefinition) {
  const number = (name: string) => {
    const value = sysctls[name]
    return typeof value === 'number' ? value : undefined
  }
  const byDefault = kernel.sysctls['vm.watermark_scale_factor']?.default
  return {
    minFreeKb: number('vm.min_free_kbytes'), extraFreeKb: number('vm.extra_free_kbytes') ?? 0,
    scaleFactor: number('vm.watermark_scale_factor') ?? (typeof byDefault === 'number' ? byDefault : 0),
  }
}

// ---- sysctls ----------------------------------------------------------------------------------------------------------

/** Those the kernel plugin has, where they differ from its defaults. */
function readSysctls(given: ReadonlyMap<string, string>, kernel: KernelDefinition, notes: Notes, problems: Problem[]): Scenario['sysctls'] {
  const taken: Record<string, number | readonly number[]> = {}
  const unknown: string[] = []
  for (const [name, text] of given) {
    const spec = Object.hasOwn(kernel.sysctls, name) ? kernel.sysctls[name] : undefined
    const words = text.split(/[\s,]+/).filter(word => word !== '')
    if (!spec) unknown.push(name)
    else if (words.length === 0 || !words.every(word => /^-?\d{1,15}$/.test(word))) problems.push({ path: `sysctl.${name.slice(0, 80)}`, message: `is ${JSON.stringify(text.slice(0, 60))}; must be a whole number, or several with spaces between` })
    else if (name === HUGE_POOL) noteHugePool(Number(words[0]), notes)
    else takeSysctl(name, words.map(Number), spec, taken, notes)
  }
  if (given.size > unknown.length) notes.read.push(say(`sysctls: ${given.size - unknown.length}, and ${Object.keys(taken).length} of them not at ${kernel.name}'s default`, `${given.size - unknown.length} 个 sysctl，其中 ${Object.keys(taken).length} 个不同于 ${kernel.name} 的默认值`))
  const ours = unknown.filter(name => name.startsWith('vm.'))
  const more = ours.length > 20 ? ours.length - 20 : 0
  if (ours.length > 0) notes.notModelled.push(say(`sysctls: ${ours.slice(0, 20).join(', ')}${more > 0 ? ` and ${more} more` : ''}`, `sysctl：${ours.slice(0, 20).join('、')}${more > 0 ? ` 等，另有 ${more} 个` : ''}`))
  return taken
}

/** The machine's pool is no free memory any more; given again, a scenario would take it a second time. */
const HUGE_POOL = 'vm.nr_hugepages'

function noteHugePool(pages: number, notes: Notes): void {
  if (pages > 0) notes.assumed.push(say(`the ${pages} pages of the hugetlb pool are kernel memory that stays`, `hugetlb 池的 ${pages} 个大页当作不动的内核内存`))
}

function takeSysctl(name: string, numbers: readonly number[], spec: KernelDefinition['sysctls'][string], taken: Record<string, number | readonly number[]>, notes: Notes): void {
  const byDefault = typeof spec.default === 'number' ? [spec.default] : spec.default
  // Kernels print an entry more for a zone of devices, which machines here don't have.
  const values = numbers.slice(0, byDefault.length)
  if (values.some(value => value < spec.min || value > spec.max)) {
    notes.assumed.push(say(`${name} keeps its default: ${values.join(' ')} is outside ${spec.min} to ${spec.max}`, `${name} 用默认值：${values.join(' ')} 不在 ${spec.min} 到 ${spec.max} 之内`))
  } else if (name === 'vm.min_free_kbytes' || values.some((value, i) => value !== byDefault[i])) {
    taken[name] = typeof spec.default === 'number' ? values[0] : values
  }
}

// ---- the rest ---------------------------------------------------------------------------------------------------------

function fitKernelMemory(memory: KernelMemory | undefined, zones: readonly ZoneSpec[], notes: Notes): KernelMemory | undefined {
  if (!memory) return undefined
  const needed = memory.slabReclaimable + memory.slabUnreclaimable + memory.pageTables + memory.kernelStack
  const room = zones.reduce((sum, zone) => sum + zone.managed - (zone.free ?? 0) - (zone.pcp ?? 0) - lruPages(zone.lru), 0)
  if (needed <= room) {
    notes.read.push(say(`kernel memory: ${pagesText(needed)} of slab, page tables and stacks`, `内核内存：slab、页表和内核栈 ${pagesTextZh(needed)}`))
    return memory
  }
  notes.notModelled.push(say(`slab, page tables and stacks by kind: ${needed} pages don't fit into the ${room} that are left`, `slab、页表、内核栈的分类：${needed} 页放不进剩下的 ${room} 页`))
  return undefined
}

function noteZones(zones: readonly ZoneSpec[], notes: Notes): void {
  const sum = (of: (zone: ZoneSpec) => number) => zones.reduce((total, zone) => total + of(zone), 0)
  const [managed, free, lru] = [sum(zone => zone.managed), sum(zone => zone.free ?? 0), sum(zone => lruPages(zone.lru))]
  const nodes = zones[zones.length - 1].node + 1
  const names = zones.map(zone => (nodes > 1 ? `${zone.node}/${zone.name}` : zone.name)).join(', ')
  notes.read.unshift(say(
    `${nodes} ${nodes === 1 ? 'node' : 'nodes'}, zones ${names}: ${pagesText(managed)}, ${pagesText(free)} of it free`,
    `${nodes} 个节点，zone ${names}：${pagesTextZh(managed)}，其中空闲 ${pagesTextZh(free)}`))
  if (lru > 0) notes.read.push(say(`LRU lists: ${pagesText(lru)}; the engine fills them with pages of a resident process and a resident file`, `LRU 链表：${pagesTextZh(lru)}；引擎用一个常驻进程和一个常驻文件的页填充`))
  else notes.assumed.push(say('LRU lists are empty', 'LRU 链表为空'))
  const rest = managed - free - lru - sum(zone => zone.pcp ?? 0)
  if (rest > 0) notes.assumed.push(say(`the other ${pagesText(rest)} are kernel memory that stays`, `其余 ${pagesTextZh(rest)} 当作不动的内核内存`))
}

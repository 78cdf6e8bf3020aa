/**
 * What the kernel prints when it is out of memory, from dmesg, a journal or a console: zones, free blocks, tasks. Kernels from 4.x to 6.x.
 * Source: mm/page_alloc.c:__show_free_areas, mm/oom_kill.c:dump_header, dump_tasks (v6.1).
 */
import type { ZoneName } from '../../engine'
import { ZONE_NAMES } from '../scenario/limits'
import type { ZoneReading } from './parse-zoneinfo'
import type { Line, LineProblems } from './text-lines'

const KB = 4
/** `[  123.456789] `, `[Tue Nov 21 12:00:00 2026] `, a caller's number, a level, and what a journal puts before them. */
const STAMP = /^(?:.{0,200}?\bkernel: )?(?:<\d+>)?(?:\[ *\d+\.\d+\]|\[[^\]\d]*[^\]]*\d:\d\d[^\]]*\])?(?:\[ *[TC]\d+\])? ?/
const INVOKED = /^(.{1,64}) invoked oom-killer: gfp_mask=(0x[0-9a-f]+)\S*, (?:nodemask=\S+, )?order=(-?\d+), oom_score_adj=(-?\d+)/

export interface OomTask {
  readonly pid: number
  readonly name: string
  /** Pages. */
  readonly totalVm: number
  readonly rss: number
  readonly swapents: number
  readonly pageTables: number
  readonly oomScoreAdj: number
}

export interface OomReading {
  /** Who asked, for how much. */
  readonly invoker: string
  readonly order: number
  readonly zones: readonly ZoneReading[]
  /** Free blocks by order, by `node zone`. */
  readonly blocks: ReadonlyMap<string, readonly number[]>
  /** Counters of the Mem-Info lines, pages. */
  readonly memInfo: ReadonlyMap<string, number>
  /** kB. */
  readonly kernelStack: number
  readonly swapTotal: number
  readonly swapFree: number
  readonly tasks: readonly OomTask[]
  /** Name of the task that was killed. */
  readonly victim: string | undefined
  /** Reports after the first, which are not read. */
  readonly more: number
}

/** Is this a kernel's log with an OOM kill in it? */
export function isOomLog(text: string): boolean {
  return /invoked oom-killer:/.test(text) || (/^.*Mem-Info:/m.test(text) && /^.*\bfree:\d+kB .*\bmanaged:\d+kB/m.test(text))
}

/** The first report. What belongs to no report is passed over; lines of one that can't be read are problems. */
export function parseOomLog(text: string, problems: LineProblems): OomReading {
  const lines = text.split(/\r\n|\r|\n/).map((raw, i): Line => ({ number: i + 1, raw, text: raw.replace(STAMP, '').trimEnd() }))
  const starts = lines.flatMap((line, i) => (INVOKED.test(line.text) ? [i] : []))
  const report = lines.slice(starts[0] ?? 0, starts[1] ?? lines.length)
  const [, invoker = 'unknown', , order = '0'] = INVOKED.exec(report[0]?.text ?? '') ?? []
  const zones = report.flatMap((line) => zoneOf(line, problems))
  if (zones.length === 0) problems.whole('has no zone lines, such as "Node 0 Normal free:1996kB min:1948kB low:2920kB high:3892kB … present:1048576kB managed:999424kB"; the report was cut off')
  checkTwice(zones, problems)
  return {
    invoker, order: Number(order), zones: [...zones].sort((a, b) => a.node - b.node || ZONE_NAMES.indexOf(a.name) - ZONE_NAMES.indexOf(b.name)), blocks: blocksOf(report, problems), memInfo: memInfoOf(report),
    kernelStack: report.reduce((sum, line) => sum + Number(/ kernel_stack:(\d+)kB/.exec(line.text)?.[1] ?? 0), 0),
    swapTotal: kbOf(report, /^Total swap = (\d+)kB/), swapFree: kbOf(report, /^Free swap {2}= (\d+)kB/), tasks: tasksOf(report, problems),
    victim: report.map((line) => /Killed process \d+ \(([^)]+)\)/.exec(line.text)?.[1]).find((name) => name !== undefined), more: Math.max(0, starts.length - 1),
  }
}

function zoneOf(line: Line, problems: LineProblems): readonly ZoneReading[] {
  const [, node = '0', name, rest] = /^(?:Node (\d+) )?(\w+) (free:\d+kB .*)$/.exec(line.text) ?? []
  if (name === undefined || rest === undefined) return []
  const fields = new Map([...rest.matchAll(/([\w()]+): ?(\d+)[kK]B/g)].map(([, key, kb]) => [key, Number(kb) / KB]))
  const managed = fields.get('managed')
  if (managed === 0) return []
  const broken = [...fields].find(([, pages]) => !Number.isInteger(pages))
  if (broken !== undefined) problems.add(line, `says "${broken[0]}:${broken[1] * KB}kB", which is no whole number of pages; the line was damaged`)
  const known = ZONE_NAMES.find((each) => each === name)
  if (known === undefined) problems.add(line, `is a zone that can't be simulated; known are ${ZONE_NAMES.join(', ')}`)
  if (managed === undefined) problems.add(line, 'has no "managed:", so the zone\'s size isn\'t known; the line was cut off')
  for (const key of ['min', 'low', 'high', 'present']) if (!fields.has(key)) problems.add(line, `has no "${key}:"; the line was cut off`)
  return known === undefined || managed === undefined || broken !== undefined ? [] : [reading(line, Number(node), known, managed, fields)]
}

function reading(line: Line, node: number, name: ZoneName, managed: number, fields: ReadonlyMap<string, number>): ZoneReading {
  const of = (key: string): number => fields.get(key) ?? 0
  const boost = of('boost')
  return {
    node, name, line: line.number, managed, free: of('free'), present: of('present'), boost, pcp: of('free_pcp'), marks: { min: of('min') - boost, low: of('low') - boost, high: of('high') - boost },
    stats: new Map(['active_anon', 'inactive_anon', 'active_file', 'inactive_file', 'unevictable'].map((key) => [`nr_zone_${key}`, of(key)])),
  }
}

function checkTwice(zones: readonly ZoneReading[], problems: LineProblems): void {
  const seen = new Set<string>()
  for (const { node, name } of zones) {
    if (seen.has(`${node} ${name}`)) problems.whole(`has node ${node}, zone ${name} twice in one report; it is two reports run together`)
    seen.add(`${node} ${name}`)
  }
}

/** `Node 0 DMA: 1*4kB (U) 0*8kB … = 15360kB`; the sum must be what it says. */
function blocksOf(lines: readonly Line[], problems: LineProblems): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, readonly number[]>()
  for (const line of lines) {
    const [, node = '0', name, blocks, total] = /^(?:Node (\d+) )?(\w+): (\d+\*4kB .*)= (\d+)kB$/.exec(line.text) ?? []
    if (name === undefined || blocks === undefined) continue
    const counts = [...blocks.matchAll(/(\d+)\*(\d+)kB/g)]
    const sum = counts.reduce((kb, [, count, size]) => kb + Number(count) * Number(size), 0)
    if (sum !== Number(total)) problems.add(line, `adds up to ${sum}kB, not to the ${total}kB it says`)
    found.set(`${Number(node)} ${name}`, counts.map(([, count]) => Number(count)))
  }
  return found
}

/** The lines below Mem-Info: `active_anon:1 inactive_anon:2 …`, pages. */
function memInfoOf(lines: readonly Line[]): ReadonlyMap<string, number> {
  const start = lines.findIndex((line) => /^Mem-Info:/.test(line.text))
  const found = new Map<string, number>()
  for (const { text } of start < 0 ? [] : lines.slice(start + 1, start + 10)) {
    if (/^Node /.test(text)) break
    for (const [, key, pages] of text.matchAll(/([a-z_]+):(\d+)(?![\dkK])/g)) found.set(key, Number(pages))
  }
  return found
}

function kbOf(lines: readonly Line[], pattern: RegExp): number {
  const kb = lines.map((line) => pattern.exec(line.text)?.[1]).find((each) => each !== undefined)
  return kb === undefined ? 0 : Math.floor(Number(kb) / KB)
}

/** The columns are those of the heading: kernels have added some. */
function tasksOf(lines: readonly Line[], problems: LineProblems): readonly OomTask[] {
  const at = lines.findIndex((line) => /^\[ *pid *\].* rss .*\bname$/.test(line.text))
  if (at < 0) return []
  const columns = lines[at].text.replace(/^\[ *pid *\]/, '').trim().split(/\s+/)
  const tasks: OomTask[] = []
  for (const line of lines.slice(at + 1)) {
    const [, pid, rest] = /^\[ *(\d+)\] +(.*)$/.exec(line.text) ?? []
    if (pid === undefined) break
    const words = rest.split(/ +/)
    const of = (column: string): number => Number(columns.includes(column) ? words[columns.indexOf(column)] : 0)
    const task = {
      pid: Number(pid), name: words.slice(columns.length - 1).join(' '), totalVm: of('total_vm'), rss: of('rss'), swapents: of('swapents'),
      pageTables: columns.includes('pgtables_bytes') ? Math.floor(of('pgtables_bytes') / 4096) : of('nr_ptes'), oomScoreAdj: of('oom_score_adj'),
    }
    if (task.name === '' || [task.totalVm, task.rss, task.swapents, task.pageTables, task.oomScoreAdj].some((value) => !Number.isInteger(value))) {
      problems.add(line, `is no row of the task table, or it was cut off; the columns are pid ${columns.join(' ')}`)
    } else tasks.push(task)
  }
  return tasks
}

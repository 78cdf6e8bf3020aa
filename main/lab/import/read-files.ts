/** A machine's files as text -> what they say. zoneinfo may be a whole terminal session with the other files in it. */
import type { MachineFiles, Problem } from '../../../preload/contract'
import { parseBuddyinfo, parseMeminfo, parseSysctlLines, parseSysctlRecord, parseSysctlSection, parseVmstat } from './parse-tables'
import { parseZoneinfo } from './parse-zoneinfo'
import type { ZoneinfoReading } from './parse-zoneinfo'
import { LineProblems, kindOf, notText, sections } from './text-lines'
import type { FileKind, Line, Section } from './text-lines'

export interface FileReadings {
  readonly zoneinfo: ZoneinfoReading
  /** kB by name; empty where not given. So are the others. */
  readonly meminfo: ReadonlyMap<string, number>
  readonly vmstat: ReadonlyMap<string, number>
  readonly buddyinfo: ReadonlyMap<string, readonly number[]>
  /** Lines of /proc/swaps, its head included. */
  readonly swaps: readonly string[]
  readonly sysctls: ReadonlyMap<string, string>
  /** Commands of a pasted session whose output was not used, with the line of their first answer. */
  readonly unused: readonly { readonly command: string; readonly line: number }[]
}

export type Reading = { readonly ok: true; readonly value: FileReadings } | { readonly ok: false; readonly problems: readonly Problem[] }

interface Given { readonly kind: FileKind; readonly section: Section; readonly problems: LineProblems }

export function readFiles(files: MachineFiles): Reading {
  const lists: LineProblems[] = []
  const given = (['zoneinfo', 'meminfo', 'vmstat', 'buddyinfo', 'swaps'] as const).flatMap(name => givenBy(name, files[name], lists))
  const of = (kind: FileKind) => given.filter(each => each.kind === kind)
  const unused: { command: string; line: number }[] = []
  /** The first listing counts; a session that shows the same file again shows a later state. */
  const first = <T>(kind: FileKind, parse: (lines: readonly Line[], problems: LineProblems) => T, none: T): T => {
    const [one, ...later] = of(kind)
    for (const { section } of later) unused.push({ command: section.command ?? kind, line: section.lines[0].number })
    return one ? parse(one.section.lines, one.problems) : none
  }
  const zoneProblems = new LineProblems('zoneinfo')
  lists.push(zoneProblems)
  const value: FileReadings = {
    zoneinfo: of('zoneinfo').length > 0 || lists.some(list => list.problems.length > 0) ? first('zoneinfo', parseZoneinfo, NOTHING) : parseZoneinfo([], zoneProblems),
    meminfo: first('meminfo', parseMeminfo, new Map<string, number>()),
    vmstat: first('vmstat', parseVmstat, new Map<string, number>()),
    buddyinfo: first('buddyinfo', parseBuddyinfo, new Map<string, readonly number[]>()),
    swaps: first('swaps', (lines) => lines.map(({ text }) => text), NO_LINES),
    sysctls: readSysctls(files.sysctl, of('sysctl'), lists),
    unused,
  }
  for (const { section } of of('other')) unused.push({ command: section.command ?? '', line: section.lines[0].number })
  const problems = lists.flatMap(list => list.list())
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value }
}

const NO_LINES: readonly string[] = []
const NOTHING: ZoneinfoReading = { zones: [], nodeStats: new Map(), cpus: 0, empty: [] }

function givenBy(name: Exclude<FileKind, 'sysctl' | 'other'>, text: string | undefined, lists: LineProblems[]): readonly Given[] {
  if (text === undefined) return []
  const problems = new LineProblems(name)
  lists.push(problems)
  const unreadable = notText(text)
  if (unreadable) {
    problems.whole(unreadable)
    return []
  }
  return sections(text).filter(section => section.lines.length > 0).map(section => ({ kind: kindOf(section.command, name), section, problems }))
}

function readSysctls(record: MachineFiles['sysctl'], pasted: readonly Given[], lists: LineProblems[]): ReadonlyMap<string, string> {
  const problems = new LineProblems('sysctl')
  lists.push(problems)
  const found = new Map<string, string>()
  // What comes first in a session is the machine's state before anything was written.
  for (const { section, problems: own } of pasted) for (const [name, value] of parseSysctlSection(section, own)) if (!found.has(name)) found.set(name, value)
  for (const [name, value] of parseSysctlRecord(record ?? {}, text => parseSysctlLines(withoutComments(text), problems))) found.set(name, value)
  return found
}

function withoutComments(text: string): readonly Line[] {
  return text.split(/\r?\n/).map((raw, i) => ({ number: i + 1, raw, text: raw.trim().replace(/\s+/g, ' ') })).filter(({ text: line }) => line !== '' && !/^[#;]/.test(line))
}

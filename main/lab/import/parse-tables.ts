/** The smaller files: /proc/meminfo, /proc/vmstat, /proc/buddyinfo, and sysctl values. */
import { MAX_ORDER } from '../scenario/limits'
import { sysctlName } from '../scenario/check-sysctls'
import type { Line, LineProblems, Section } from './text-lines'

/** /proc/meminfo in kB, by the names it prints. */
export function parseMeminfo(lines: readonly Line[], problems: LineProblems): ReadonlyMap<string, number> {
  return table(lines, /^([A-Za-z_][\w()]*) ?: (\d{1,15})( kB)?$/, '"MemTotal: 24684096 kB"', problems)
}

export function parseVmstat(lines: readonly Line[], problems: LineProblems): ReadonlyMap<string, number> {
  return table(lines, /^([a-z]\w*) (-?\d{1,20})$/, '"nr_free_pages 907357"', problems)
}

/** Blocks by order 0..10, by `node zone`. */
export function parseBuddyinfo(lines: readonly Line[], problems: LineProblems): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, readonly number[]>()
  for (const line of lines) {
    const [, node, zone, blocks] = /^Node (\d+) ?, ?zone ([A-Za-z]\w*)((?: \d{1,12})+)$/.exec(line.text) ?? []
    const counts = blocks?.trim().split(' ').map(Number) ?? []
    if (counts.length !== MAX_ORDER + 1) problems.add(line, `is no line of /proc/buddyinfo, or it was cut off; a line is "Node 0, zone DMA" and ${MAX_ORDER + 1} numbers of free blocks, orders 0 to ${MAX_ORDER}`)
    else if (found.has(`${Number(node)} ${zone}`)) problems.add(line, 'is a zone that is there a second time')
    else found.set(`${Number(node)} ${zone}`, counts)
  }
  return found
}

/** `vm.swappiness = 60` lines, as `sysctl -a` and sysctl.conf have them; other trees are passed over. */
export function parseSysctlLines(lines: readonly Line[], problems: LineProblems): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const line of lines) {
    const [, name, value] = /^([a-z][\w.\/-]*) ?= ?(.*)$/.exec(line.text) ?? []
    if (name === undefined) problems.add(line, 'is no sysctl; a line is a name and a value, such as "vm.swappiness = 60"')
    else found.set(sysctlName(name.replaceAll('/', '.')), value)
  }
  return found
}

/** A section of a terminal session: `sysctl …` prints names, `cat /proc/sys/vm/x` values alone, in the order of the paths. */
export function parseSysctlSection(section: Section, problems: LineProblems): ReadonlyMap<string, string> {
  const paths = [...(section.command ?? '').matchAll(/\/proc\/sys\/([\w.\/-]+)/g)].map(([, path]) => path.replaceAll('/', '.'))
  if (paths.length === 0) return parseSysctlLines(section.lines, problems)
  const found = new Map<string, string>()
  paths.forEach((path, i) => {
    const line = section.lines[i] as Line | undefined
    if (line) found.set(path, line.text)
  })
  return found
}

/** Values by name as a program gives them, under any of a sysctl's spellings. A value of several `name = value` lines is such a list. */
export function parseSysctlRecord(record: Readonly<Record<string, string>>, readLines: (text: string) => ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [name, value] of Object.entries(record)) {
    if (/=/.test(value)) for (const [inner, each] of readLines(value)) found.set(inner, each)
    else found.set(sysctlName(name), value.trim())
  }
  return found
}

function table(lines: readonly Line[], pattern: RegExp, example: string, problems: LineProblems): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const line of lines) {
    const [, name, value] = pattern.exec(line.text) ?? []
    if (name === undefined) problems.add(line, `is no line of this file, or it was cut off; a line is a name and a number, such as ${example}`)
    else found.set(name, Number(value))
  }
  return found
}

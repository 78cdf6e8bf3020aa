/**
 * Text of the kernel's own tracing: `trace` and `trace_pipe` of ftrace, or `perf script`. Read are the events of mm/filemap.c and of page faults; each task becomes a
 * process, each inode a file. A removal from the page cache is what the recorded kernel decided, and is left to ours.
 *   mm_filemap_add_to_page_cache, mm_filemap_fault   dev 8:1 ino 1a2b pfn=0x… ofs=4096 order=0
 *   mm_filemap_get_pages, mm_filemap_map_pages       dev 8:1 ino 1a2b ofs=0-16384
 *   page_fault_user                                  address=0x7f… ip=… error_code=0x6
 */
import type { Accesses } from './accesses'
import { MOST_PAGES_AT_ONCE } from './accesses'
import { quoted, type TraceLine } from './text-lines'
import type { TraceReading } from './trace-reading'

const FTRACE = /^\s*(\S.{0,40}?)-(\d+)\s+(?:\([^)]{1,8}\)\s+)?\[\d+\]\s+(?:[^\s:]{3,8}\s+)?(\d+\.\d+):\s+(\w+):\s*(.*)$/
const PERF = /^\s*(\S.{0,40}?)\s+(\d+)(?:\/\d+)?\s+\[\d+\]\s+(\d+\.\d+):\s+(?:\d+\s+)?(?:[\w-]+:)?(\w+):\s*(.*)$/
const FILE = /\bdev (\d+:\d+) ino (?:0x)?([0-9a-f]+)\b.*?\bofs=(\d+)(?:-(\d+))?(?:.*?\border=(\d+))?/
const FAULT = /\baddress=(?:0x)?([0-9a-f]{1,16})\b.*?\berror_code=(?:0x)?([0-9a-f]+)/
const PAGE = 4096
/** Bit of a page fault's error code (x86): it was a write. */
const PF_WRITE = 2
/** User addresses end here; a page number beyond is no integer of ours. */
const LARGEST_ADDRESS = 2 ** 57

const OF_FILES = new Set(['mm_filemap_add_to_page_cache', 'mm_filemap_fault', 'mm_filemap_get_pages', 'mm_filemap_map_pages'])
const MOST_PROBLEMS = 20

/** Does this line look like one of a kernel's trace? */
export function isKernelTraceLine(text: string): boolean {
  return /^# tracer:/.test(text) || FTRACE.test(text) || PERF.test(text)
}

interface Counts { events: number; skipped: number; removals: number; begun: number | undefined; readonly files: Set<string> }

export async function readKernelTrace(lines: AsyncIterable<TraceLine>, into: Accesses, cut: boolean): Promise<TraceReading> {
  const counts: Counts = { events: 0, skipped: 0, removals: 0, begun: undefined, files: new Set() }
  const problems: { line: number; message: string }[] = []
  for await (const line of lines) {
    if (line.last && cut) break
    const fault = takeLine(line.text, counts, into)
    if (fault !== undefined) problems.push({ line: line.number, message: `${quoted(line.text)} ${fault}` })
    if (problems.length >= MOST_PROBLEMS || into.full) break
  }
  if (problems.length > 0) return { ok: false, problems }
  if (counts.events === 0) return { ok: false, problems: [{ message: 'holds no event that touches pages: mm_filemap_add_to_page_cache, mm_filemap_fault, mm_filemap_get_pages, mm_filemap_map_pages or page_fault_user' }] }
  return { ok: true, format: 'kernel', entries: counts.events, more: into.full, timed: true, objects: counts.files.size, skipped: counts.skipped, removals: counts.removals }
}

/** What is wrong with a line that should be one of ours; nothing when it was taken or is another's. */
function takeLine(text: string, counts: Counts, into: Accesses): string | undefined {
  const match = FTRACE.exec(text) ?? PERF.exec(text)
  if (match === null) { if (text.trim() !== '') counts.skipped++; return undefined }
  const [, comm, pid, time, event, fields] = match
  if (event === 'mm_filemap_delete_from_page_cache') { counts.removals++; return undefined }
  if (!OF_FILES.has(event) && event !== 'page_fault_user') { counts.skipped++; return undefined }
  const seconds = Number(time)
  counts.begun ??= seconds
  const who = { task: `${comm.trim().slice(0, 40)}-${pid}`, t: Math.max(0, Math.round((seconds - counts.begun) * 1e9)) }
  const fault = event === 'page_fault_user' ? takeFault(fields, who, into) : takeFile(fields, who, counts, into)
  if (fault === undefined) counts.events++
  return fault
}

interface Who { readonly task: string; readonly t: number }

function takeFile(fields: string, who: Who, counts: Counts, into: Accesses): string | undefined {
  const match = FILE.exec(fields)
  if (match === null) return 'must say dev MAJOR:MINOR ino NUMBER … ofs=BYTES'
  const [, dev, ino, from, to, order] = match
  const first = Math.floor(Number(from) / PAGE)
  const last = to === undefined ? first + 2 ** Number(order ?? 0) - 1 : Math.max(first, Math.ceil(Number(to) / PAGE) - 1)
  if (!(last - first < MOST_PAGES_AT_ONCE && last < 2 ** 40)) return `touches pages ${first} to ${last}; at most ${MOST_PAGES_AT_ONCE.toLocaleString('en-US')} at once can be`
  const file = `${dev}/${ino}`
  counts.files.add(file)
  for (let page = first; page <= last; page++) into.add({ ...who, file, page, write: false })
  return undefined
}

function takeFault(fields: string, who: Who, into: Accesses): string | undefined {
  const match = FAULT.exec(fields)
  if (match === null) return 'must say address=HEX … error_code=HEX'
  const address = parseInt(match[1], 16)
  if (!(address < LARGEST_ADDRESS)) return `has the address 0x${match[1]}, which is none of a user's`
  into.add({ ...who, file: undefined, page: Math.floor(address / PAGE), write: (parseInt(match[2], 16) & PF_WRITE) !== 0 })
  return undefined
}

/** A recorded trace as workload: libCacheSim's oracleGeneral and CSV, zstd or gzip or plain, and text of ftrace or perf. Streamed; what is bounded is said with its figure. */
import type { KernelDefinition } from 'reclaim-lab'
import type { ImportSummary, Result } from '../../../../preload/contract'
import type { Scenario } from '../../../engine'
import { MAX_LISTED, MAX_MS } from '../../scenario/limits'
import { summary } from '../import-text'
import { Notes, pagesText, pagesTextZh } from '../notes'
import { Accesses } from './accesses'
import { readCacheCsv } from './cache-csv'
import { isKernelTraceLine, readKernelTrace } from './kernel-trace'
import { readOracleGeneral } from './oracle-general'
import { DamagedArchive, openTrace } from './read-bytes'
import { linesOf } from './text-lines'
import type { TraceReading } from './trace-reading'
import { traceMachine, traceWorkload, type TraceWorkload } from './trace-scenario'
import { say } from '../../say'

export interface TraceSource {
  /** The file's name, for messages and the scenario. */
  readonly name: string
  readonly chunks: AsyncIterable<Uint8Array>
  /** Only the beginning is here, so many bytes of so many. */
  readonly cut?: { readonly bytes: number; readonly of: number }
  /** Managed pages of the machine; else half of what the trace touches. */
  readonly memoryPages?: number
  /** Touches that are taken; else as many as a scenario may list. */
  readonly bound?: number
}

const SECOND = 1000
/** Enough to tell what a file is. */
const HEAD_LINES = 100

export async function importTrace(source: TraceSource, kernel: KernelDefinition): Promise<Result<ImportSummary>> {
  const into = new Accesses(Math.min(source.bound ?? MAX_LISTED, MAX_LISTED))
  const read = await readAny(source, into).catch((error: unknown): TraceReading => {
    if (!(error instanceof DamagedArchive)) throw error
    return { ok: false, problems: [{ message: error.message }] }
  })
  if (!read.ok) return { ok: false, problems: read.problems.map(({ line, message }) => ({ path: line === undefined ? source.name : `${source.name}:${line}`, message, ...(line === undefined ? {} : { line }) })) }
  return assemble(source, read, traceWorkload(into.kept, read.timed), kernel)
}

async function readAny({ chunks, name, cut }: TraceSource, into: Accesses): Promise<TraceReading> {
  const { chunks: plain } = await openTrace(chunks)
  const [head, again] = await peek(plain)
  if (head.length === 0) return { ok: false, problems: [{ message: 'is empty' }] }
  if (/oracle-?general/i.test(name) || head.includes(0)) return readOracleGeneral(again, into, cut !== undefined)
  if (!isText(head)) return { ok: false, problems: [{ message: 'is neither text nor records of 24 bytes; a trace is oracleGeneral or CSV of libCacheSim, or text of ftrace or perf script, plain or in zstd or gzip' }] }
  const begin = head.toString('utf8').split('\n').slice(0, HEAD_LINES)
  const lines = linesOf(again)
  return begin.some(isKernelTraceLine) ? readKernelTrace(lines, into, cut !== undefined) : readCacheCsv(lines, into, cut !== undefined)
}

/** A character cut in two at the end of what is here is none of the file's. */
function isText(head: Buffer): boolean {
  return !/[\x01-\x08\x0e-\x1a\x1c-\x1f\ufffd]/.test(head.toString('utf8').replace(/\ufffd{1,3}$/, ''))
}

/** The first bytes, and the whole stream again. */
async function peek(chunks: AsyncIterable<Buffer>): Promise<readonly [Buffer, AsyncIterable<Buffer>]> {
  const reader = chunks[Symbol.asyncIterator]()
  const first = await reader.next()
  const head = first.done === true ? Buffer.alloc(0) : first.value
  async function* all(): AsyncGenerator<Buffer> {
    yield head
    for (let next = await reader.next(); next.done !== true; next = await reader.next()) yield next.value
  }
  return [head, all()]
}

function assemble(source: TraceSource, read: TraceReading & { readonly ok: true }, work: TraceWorkload, kernel: KernelDefinition): Result<ImportSummary> {
  const notes = new Notes()
  const machine = traceMachine(work.footprint, source.memoryPages)
  tell(source, read, work, machine.zones[0].managed, notes)
  const stem = source.name.replace(/^.*[/\\]/, '').replace(/\.(zst|gz|csv|txt|trace|log)$/gi, '')
  const id = `trace-${stem.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 60) || 'file'}`.replace(/-+$/, '')
  const durationMs = Math.min(MAX_MS, read.timed ? Math.ceil(work.lastNs / 1e6) + 60 * SECOND : 3600 * SECOND)
  const scenario: Scenario = {
    format: 1, id, title: say(`Trace ${stem.slice(0, 80)}`, `跟踪 ${stem.slice(0, 80)}`), about: say(`What ${source.name.slice(0, 200)} recorded, replayed.`, `重放 ${source.name.slice(0, 200)} 中记录的访问。`),
    machine, sysctls: {}, files: work.files, processes: work.processes, durationMs, sampleMs: Math.max(50, Math.ceil(durationMs / 20_000)),
  }
  return summary(scenario, kernel, notes)
}

const FORMATS: Readonly<Record<(TraceReading & { ok: true })['format'], readonly [string, string]>> = {
  oracleGeneral: ['records of oracleGeneral', '条 oracleGeneral 记录'], csv: ['rows of CSV', '行 CSV'], kernel: ['events of the kernel', '个内核事件'],
}

function tell(source: TraceSource, read: TraceReading & { readonly ok: true }, work: TraceWorkload, managed: number, { read: told, assumed, notModelled }: Notes): void {
  const n = (value: number): string => value.toLocaleString('en-US')
  const [en, zh] = FORMATS[read.format]
  told.push(
    say(`${n(read.entries)} ${en}: ${n(work.touches)} touches of ${pagesText(work.footprint)} by ${work.processes.length} ${work.processes.length === 1 ? 'process' : 'processes'}`, `${n(read.entries)} ${zh}：${work.processes.length} 个进程对 ${pagesTextZh(work.footprint)} 的 ${n(work.touches)} 次访问`),
    say(`${n(read.objects)} ${read.format === 'kernel' ? 'files' : 'objects'}`, `${n(read.objects)} 个${read.format === 'kernel' ? '文件' : '对象'}`))
  if (read.skipped > 0) told.push(say(`${n(read.skipped)} lines with nothing about pages were passed over`, `跳过与页无关的 ${n(read.skipped)} 行`))
  const half = source.memoryPages === undefined ? [' (half of what the trace touches, at least 32 MiB)', '（约为所访问内存的一半，至少 32 MiB）'] : ['', '']
  assumed.push(say(`one zone of ${pagesText(managed)}${half[0]}; 1 CPU, an SSD, swap of the same size`, `一个 ${pagesTextZh(managed)} 的 zone${half[1]}；1 个 CPU、SSD、同样大小的交换区`))
  assumed.push(read.timed
    ? say('touches are due when the trace says; page faults are of anonymous memory, which it does not tell from mapped files', '按跟踪的时间访问；缺页视为匿名内存，跟踪里无法与映射文件区分')
    : say('requests follow each other as fast as they are served, each reads all pages of its object', '请求一个接一个尽快执行，每个请求读取对象的全部页'))
  if (read.more || source.cut !== undefined) notModelled.push(say(`what comes later in the file: at most ${n(source.bound ?? MAX_LISTED)} touches are taken${source.cut === undefined ? '' : `, and ${n(source.cut.bytes)} of its ${n(source.cut.of)} bytes were read`}`, `文件的其余部分：最多取 ${n(source.bound ?? MAX_LISTED)} 次访问${source.cut === undefined ? '' : `，读取了 ${n(source.cut.of)} 字节中的 ${n(source.cut.bytes)} 字节`}`))
  if (work.dropped > 0) notModelled.push(say(`${n(work.dropped)} touches beyond the most used 1,000 files and 256 tasks, and beyond the 90,000 changes of file that a scenario holds`, `超出最常用的 1,000 个文件、256 个任务，或超出场景可容纳的 90,000 次文件切换的 ${n(work.dropped)} 次访问`))
  if ((read.removals ?? 0) > 0) notModelled.push(say(`${n(read.removals ?? 0)} removals from the page cache: the recorded kernel's decisions; the simulated one takes its own`, `${n(read.removals ?? 0)} 次移出页缓存：那是被记录内核的决策，模拟的内核自行决定`))
  if (read.format !== 'kernel') notModelled.push(say('the times of requests, and next accesses', '请求的时间与下次访问'))
}

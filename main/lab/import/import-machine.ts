/** Real input: pasted /proc files, a kernel's OOM report, this machine's own files, or a measured run's config.json -> a scenario and what was read, assumed, not modelled. */
import type { KernelDefinition } from 'reclaim-lab'
import type { ImportSource, ImportSummary, Result } from '../../../preload/contract'
import { importConfig } from './from-config'
import { importOomLog } from './from-oom-log'
import { importText } from './import-text'
import { fail, show } from '../problems'
import { isOomLog } from './parse-oom'
import { importThisMachine } from './this-machine'
import { importTrace } from './trace/import-trace'

/**
 * `kernel` is the one the machine shall run on: its sysctls are taken, and its formula explains the printed marks; unless its files are of another of the lab's kernels, `others`. Never throws on
 * what people give.
 */
export async function importMachine(source: ImportSource, kernel: KernelDefinition, others: readonly KernelDefinition[] = []): Promise<Result<ImportSummary>> {
  switch (source.kind) {
    case 'text': return isOomLog(source.files.zoneinfo) ? importOomLog(source.files.zoneinfo, kernel) : importText(source.files, kernel, {}, others)
    case 'config-json': return importConfig(source.text, kernel)
    case 'trace': return importSentTrace(source, kernel)
    case 'this-machine': return importThisMachine(kernel)
  }
}

/** Touches of a trace that come back to the window, which shows them as text. The terminal takes as many as a scenario may list. */
const MOST_SENT = 100_000

/** Managed pages that a machine can be made with. */
const MOST_PAGES = 2 ** 26

/** A trace as the window sends it: the beginning of a file. The bridge carries anything, so it is looked at first. */
async function importSentTrace({ name, bytes, size, memoryPages }: Extract<ImportSource, { readonly kind: 'trace' }>, kernel: KernelDefinition): Promise<Result<ImportSummary>> {
  if (typeof name !== 'string' || !ArrayBuffer.isView(bytes)) return fail('trace', 'must be a name and the bytes of a file')
  if (memoryPages !== undefined && !(Number.isInteger(memoryPages) && memoryPages >= 1024 && memoryPages <= MOST_PAGES)) return fail('memoryPages', `must be a whole number of pages from 1024 to ${MOST_PAGES}, not ${show(memoryPages)}`)
  async function* chunks(): AsyncGenerator<Uint8Array> { yield bytes }
  return importTrace({ name: name.slice(0, 200), chunks: chunks(), bound: MOST_SENT, ...(size > bytes.byteLength ? { cut: { bytes: bytes.byteLength, of: size } } : {}), ...(memoryPages === undefined ? {} : { memoryPages }) }, kernel)
}

/** Real input: pasted /proc files, a kernel's OOM report, this machine's own files, or a measured run's config.json -> a scenario and what was read, assumed, not modelled. */
import type { KernelDefinition } from 'reclaim-lab'
import type { ImportSource, ImportSummary, Result } from '../../../preload/contract'
import { importConfig } from './from-config'
import { importOomLog } from './from-oom-log'
import { importText } from './import-text'
import { isOomLog } from './parse-oom'
import { importThisMachine } from './this-machine'

/** `kernel` is the one the machine shall run on: its sysctls are taken, and its formula explains the printed marks. Never throws on what people give. */
export async function importMachine(source: ImportSource, kernel: KernelDefinition): Promise<Result<ImportSummary>> {
  switch (source.kind) {
    case 'text': return isOomLog(source.files.zoneinfo) ? importOomLog(source.files.zoneinfo, kernel) : importText(source.files, kernel)
    case 'config-json': return importConfig(source.text, kernel)
    case 'this-machine': return importThisMachine(kernel)
  }
}

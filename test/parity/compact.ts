/**
 * Makes the compact measured data that `lab parity` takes by default: from a folder of runs, every run but those on wall-clock time, its configuration with only the
 * fields the importer reads and its summary with only what the metrics read. watermarks.csv, the measured marks, is not made here but taken from the data as it is.
 *   node --import ./main/boot/register.mjs test/parity/compact.ts FOLDER_OF_RUNS
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { importedFields } from '../../main/lab/import/from-config'
import { CONFIGS, isWallClock, openMeasured, SUMMARIES, WATERMARK_FAMILY } from '../../main/lab/parity/measured-data'
import { metricsPart } from '../../main/lab/parity/metrics'
import type { SummaryReading } from '../../main/lab/parity/metrics'

const [folder] = process.argv.slice(2)
if (folder === undefined) {
  console.error('usage: node --import ./main/boot/register.mjs test/parity/compact.ts FOLDER_OF_RUNS')
  process.exit(2)
}

const runs = (await openMeasured(folder)).runs.filter(({ variant }) => !isWallClock(variant))
const configs: string[] = []
const summaries: string[] = []
for (const { id, config } of runs) {
  configs.push(JSON.stringify({ run: id, config: importedFields(JSON.parse(await config())) }))
  if (id.startsWith(`${WATERMARK_FAMILY}/`) || !readdirSync(join(folder, id)).includes('summary.json')) continue
  const summary = JSON.parse(readFileSync(join(folder, id, 'summary.json'), 'utf8')) as SummaryReading
  summaries.push(JSON.stringify({ run: id, summary: metricsPart(summary) }))
}
const here = fileURLToPath(new URL('.', import.meta.url))
writeFileSync(join(here, CONFIGS), `${configs.join('\n')}\n`)
writeFileSync(join(here, SUMMARIES), `${summaries.join('\n')}\n`)
console.log(`${configs.length} configurations, ${summaries.length} summaries`)

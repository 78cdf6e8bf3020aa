/** The history as text. */
import type { FileVersion, HistoryDetail, HistoryEntry, HistoryOverview, HistoryPage, HistorySpace } from '../../preload/contract'
import { number, table } from './table'

export function entriesText({ entries, total }: HistoryPage): string {
  if (total === 0) return 'nothing is kept that fits\n'
  const rows = entries.map((entry) => [entry.id, when(entry.createdMs), nameOf(entry), whatOf(entry), stateOf(entry), bytes(entry.bytes), entry.otherEngine ? entry.engine : '', entry.tags.join(', ')])
  const more = total > entries.length ? `… and ${number(total - entries.length)} more; --max shows them\n` : ''
  return table([
    { title: 'Entry', align: 'left' }, { title: 'When', align: 'left' }, { title: 'Name', align: 'left' }, { title: 'Machines', align: 'left' }, { title: 'State', align: 'left' },
    { title: 'Size', align: 'right' }, { title: 'Engine', align: 'left' }, { title: 'Tags', align: 'left' },
  ], rows) + more
}

/** What a person should know of: damage, what was interrupted, that nothing can be kept. */
export function overviewText({ reports, unclean, unavailable }: HistoryOverview): string {
  const lines = [
    ...(unavailable === undefined ? [] : [`nothing can be kept: ${unavailable}`]),
    ...reports.map(({ kind, what, why, keptAs, atMs }) => `${when(atMs)}  ${kind} ${what}: ${why}${keptAs === undefined ? '' : `; set aside as ${keptAs}`}`),
    ...unclean.map((entry) => `a lab ended without closing; it had ${entry.id} open (${nameOf(entry)}, ${stateOf(entry)})`),
  ]
  return lines.map((line) => `! ${line}\n`).join('')
}

export function detailText({ entry, machines, runs }: HistoryDetail): string {
  const head = `${entry.id}  ${nameOf(entry)}\n${when(entry.createdMs)}, ${entry.kind}, by ${entry.origin}, engine ${entry.engine}, ${stateOf(entry)}\n${entry.note === '' ? '' : `${entry.note}\n`}`
  const columns = machines.map(({ label, kernel, sysctls, policies }, i) => {
    const set = Object.entries(sysctls).map(([name, value]) => `  ${name} = ${String(value)}\n`).join('')
    const own = policies.map(({ name, file, params, source }) => `  policy ${name} (${file})${Object.entries(params).map(([key, value]) => ` ${key}=${String(value)}`).join('')}\n${(source ?? '').split('\n').map((line) => `  | ${line}`.trimEnd()).join('\n')}\n`).join('')
    return `\n${i}  ${label}, ${kernel}\n${set}${own}`
  })
  const rows = runs.map((run) => [`${entry.id}.${run.machine}${run.point === 0 ? '' : `@${run.point}`}.${run.seed}`, run.state, run.end ?? '', run.digest ?? '', run.recorded ? 'yes' : 'no', run.ejections > 0 ? String(run.ejections) : ''])
  const titles = ['Run', 'State', 'End', 'Digest', 'Recording', 'Ejections']
  return `${head}${columns.join('')}\n${table(titles.map((title) => ({ title, align: 'left' as const })), rows)}`
}

export function versionsText(versions: readonly FileVersion[]): string {
  if (versions.length === 0) return 'no earlier text is kept\n'
  return table([{ title: 'ID', align: 'left' }, { title: 'When', align: 'left' }, { title: 'Why', align: 'left' }, { title: 'Bytes', align: 'right' }], versions.map(({ id, atMs, why, bytes: size }) => [id, when(atMs), why, number(size)]))
}

export function sizeText(space: HistorySpace): string {
  return `${number(space.entries)} entries, ${number(space.runs)} runs; ${number(space.recordings)} recordings take ${bytes(space.recordingBytes)} of at most ${bytes(space.limitBytes)} (pinned ${bytes(space.pinnedBytes)}, removed ${bytes(space.removedBytes)}), the database ${bytes(space.databaseBytes)}`
}

function nameOf(entry: HistoryEntry): string {
  return `${entry.pinned ? '* ' : ''}${entry.name ?? entry.title.en}`
}

const MOST_LABELS = 3

function whatOf({ kind, machines, seeds }: HistoryEntry): string {
  const labels = machines.map(({ label }) => label)
  const shown = labels.length > MOST_LABELS ? [...labels.slice(0, MOST_LABELS), `${labels.length - MOST_LABELS} more`] : labels
  return `${kind === 'sweep' ? 'sweep: ' : ''}${shown.join(', ')}; ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}`
}

function stateOf({ state, ended, runs, lost }: HistoryEntry): string {
  return `${state}, ${ended} of ${runs}${lost > 0 ? `, ${lost} lost` : ''}`
}

/** In the person's own time zone, sortable. */
function when(ms: number): string {
  const date = new Date(ms)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`
}

function bytes(size: number): string {
  if (size === 0) return '0'
  const steps = [[2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [2 ** 10, 'KiB']] as const
  const step = steps.find(([unit]) => size >= unit)
  return step === undefined ? `${size} B` : `${(size / step[0]).toFixed(size / step[0] < 10 ? 1 : 0)} ${step[1]}`
}

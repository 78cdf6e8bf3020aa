/** What `lab parity` prints, for people and as JSON. */
import type { Parity } from '../../lab/parity/parity'
import type { Replayed } from '../../lab/parity/replay'
import { grouped, KINDS, median } from '../../lab/parity/score'
import type { Cell } from '../../lab/parity/score'
import { rowText } from '../../lab/parity/watermark-rows'
import type { ComparedRow } from '../../lab/parity/watermark-rows'
import { number, seconds, table } from '../table'

export function parityText(result: Parity, wallMs: number): string {
  const { replayed, cells, watermarks, uncompared, problems } = result
  return [
    ...[...grouped(cells, ({ id }) => id)].map(([id, own]) => variantText(id, own, replayed)),
    ...(watermarks.length > 0 ? [watermarkText(watermarks)] : []),
    listText('Simulated, with nothing to compare with', uncompared.map(({ variant, why }) => `${variant}: ${why}`)),
    notModelledText(replayed),
    listText('Could not be simulated', failures(replayed).map(({ path, message }) => `${path}: ${message}`)),
    listText('Measured files that could not be read', problems.map(({ path, message }) => `${path}: ${message}`)),
    listText('Stopped before they ended', replayed.flatMap(({ run, end }) => (end === 'cancelled' ? [run.id] : []))),
    summaryText(result, wallMs),
    // The last line, for whoever looks at nothing else.
    ...(watermarks.length > 0 ? [`${countText(watermarks)}\n`] : []),
  ].filter(part => part !== '').join('\n')
}

export function parityJson({ replayed, cells, score, watermarks, uncompared, problems, simulatedMs }: Parity, wallMs: number) {
  const counted = watermarks.filter(({ boot }) => !boot)
  return {
    score, cells: cells.map(cell => ({ ...cell, simulated: cell.simulated ?? null })),
    watermarks: { exact: counted.filter(({ exact }) => exact).length, rows: counted.length, differ: watermarks.filter(({ exact }) => !exact) },
    simulated: replayed.flatMap(({ run, end }) => (end === 'done' ? [run.id] : [])),
    notModelled: replayed.flatMap(each => (each.end === 'not-modelled' ? [{ run: each.run.id, why: each.why }] : [])),
    failed: failures(replayed), uncompared, problems, cancelled: replayed.flatMap(({ run, end }) => (end === 'cancelled' ? [run.id] : [])),
    simulatedSeconds: simulatedMs / 1000, wallSeconds: wallMs / 1000, simulatedToWall: simulatedMs / wallMs,
  }
}

const COLUMNS = [
  { title: 'kind', align: 'left' }, { title: 'metric', align: 'left' }, { title: 'kernel', align: 'right' }, { title: 'simulator', align: 'right' }, { title: 'error', align: 'right' },
] as const

function variantText(id: string, cells: readonly Cell[], replayed: readonly Replayed[]): string {
  const runs = replayed.filter(({ run, end }) => end === 'done' && run.variant === id).length
  const rows = cells.map(cell => [cell.kind, cell.metric, cell.lo === cell.hi ? figure(cell.lo) : `${figure(cell.lo)} .. ${figure(cell.hi)}`, cell.simulated === undefined ? '-' : figure(cell.simulated), percent(cell.error)])
  return `${id}, ${runs} simulated ${runs === 1 ? 'run' : 'runs'}\n${table(COLUMNS, rows)}`
}

const figure = (value: number): string => number(Math.abs(value) >= 100 ? Math.round(value) : value)
const percent = (share: number): string => (Number.isNaN(share) ? '-' : `${(100 * share).toFixed(1)} %`)

function watermarkText(rows: readonly ComparedRow[]): string {
  const machines = [...grouped(rows.filter(({ boot }) => !boot), ({ run }) => run)]
  const off = (row: ComparedRow) => (row.exact ? [] : [`  ${row.run} ${row.measured.label} ${row.measured.zone}\n    kernel    ${rowText(row.measured)}\n    simulator ${row.simulated === undefined ? 'has no such snapshot' : rowText(row.simulated, row.measured.protection.length)}`])
  const boot = rows.filter(row => row.boot)
  return [
    ...machines.map(([run, own]) => `${run}: ${countText(own)}`), ...rows.filter(row => !row.boot).flatMap(off),
    ...(boot.length === 0 ? [] : [`boot defaults, before any write (each machine starts with its printed marks; not counted): ${boot.filter(({ exact }) => exact).length} of ${boot.length} exact`, ...boot.flatMap(off)]), '',
  ].join('\n')
}

function countText(rows: readonly ComparedRow[]): string {
  const counted = rows.filter(({ boot }) => !boot)
  return `${counted.filter(({ exact }) => exact).length} of ${counted.length} watermark rows exact`
}

function failures(replayed: readonly Replayed[]) {
  return replayed.flatMap(each => (each.end === 'unreadable' ? [...each.problems] : each.end === 'failed' ? [{ path: each.run.id, message: each.message }] : []))
}

function notModelledText(replayed: readonly Replayed[]): string {
  const left = replayed.filter(each => each.end === 'not-modelled')
  const lines = [...grouped(left, ({ run }) => run.variant)].map(([variant, runs]) => `${variant}, ${runs.length} ${runs.length === 1 ? 'run' : 'runs'}: not modelled: ${runs[0].why.join(', ')}`)
  return listText(`Not modelled, ${left.length} runs, not in the figures`, lines)
}

function listText(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}:\n${lines.map(line => `  ${line}\n`).join('')}`
}

function summaryText({ cells, score, replayed, simulatedMs }: Parity, wallMs: number): string {
  const done = replayed.filter(({ end }) => end === 'done').length
  const speed = done === 0 ? '' : `${done} runs: ${seconds(simulatedMs)} of virtual time in ${seconds(wallMs)}, ratio ${number(simulatedMs / wallMs)}\n`
  const families = [...grouped(cells, ({ id }) => id.split('/')[0])].map(([family, own]) =>
    `${family.padEnd(20)} ${KINDS.map(kind => `${kind} ${percent(median(own.filter(cell => cell.kind === kind).map(({ error }) => error)))}`).join('   ')}\n`)
  const kinds = KINDS.map(kind => `${kind.padEnd(9)} ${score[kind].cells} cells: median error ${percent(score[kind].median)}, within 25 %: ${percent(score[kind].within25)}\n`)
  return cells.length === 0 ? speed : families.join('') + kinds.join('') + speed
}


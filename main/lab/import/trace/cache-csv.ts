/**
 * libCacheSim's CSV traces: time, object, size a row, in that order, or in any order under a header that names them. An object may be any word; without a size column
 * each is a page. Quotes are not used in such traces.
 */
import type { Accesses } from './accesses'
import { ObjectPages } from './object-pages'
import { quoted, type TraceLine } from './text-lines'
import type { TraceReading } from './trace-reading'

const NAMES: Readonly<Record<'object' | 'size', RegExp>> = { object: /^(obj(ect)?[_-]?(id)?|id|key|lbn|block|page)$/i, size: /^(obj(ect)?[_-]?)?(size|bytes|length|len)$/i }
const LARGEST = 2 ** 40
const MOST_PROBLEMS = 20

interface Columns { readonly object: number; readonly size: number; readonly least: number }

export async function readCacheCsv(lines: AsyncIterable<TraceLine>, into: Accesses, cut: boolean): Promise<TraceReading> {
  const objects = new ObjectPages(into)
  const problems: { line: number; message: string }[] = []
  let columns: Columns | undefined
  let rows = 0
  for await (const line of lines) {
    if (line.text.trim() === '' || line.text.startsWith('#')) continue
    const cells = line.text.split(/[,;\t]/).map((cell) => cell.trim())
    if (columns === undefined) {
      const found = columnsOf(cells)
      if (typeof found === 'string') return { ok: false, problems: [{ line: line.number, message: found }] }
      columns = found.columns
      if (found.header) continue
    }
    // The end of a file that was cut off may be any part of a row.
    if (line.last && cut) break
    const fault = row(cells, columns, objects)
    if (fault === undefined) rows++
    else problems.push({ line: line.number, message: `${quoted(line.text)} ${fault}` })
    if (problems.length >= MOST_PROBLEMS) break
    if (into.full) return { ok: true, format: 'csv', entries: rows, more: true, timed: false, objects: objects.count, skipped: 0 }
  }
  if (problems.length > 0) return { ok: false, problems }
  return rows === 0 ? { ok: false, problems: [{ message: 'holds no row (time, object, size)' }] } : { ok: true, format: 'csv', entries: rows, more: false, timed: false, objects: objects.count, skipped: 0 }
}

/** The first row that says anything: a header, or data in libCacheSim's own order. */
function columnsOf(cells: readonly string[]): { readonly columns: Columns; readonly header: boolean } | string {
  const header = cells.some((cell) => /^[A-Za-z_][\w -]*$/.test(cell)) && cells.every((cell) => !/^\d+(\.\d+)?$/.test(cell))
  if (!header) return cells.length < 2 ? `${quoted(cells.join(','))} must be a row of time, object, size` : { columns: { object: 1, size: cells.length > 2 ? 2 : -1, least: Math.min(3, cells.length) }, header }
  const object = cells.findIndex((cell) => NAMES.object.test(cell))
  const size = cells.findIndex((cell) => NAMES.size.test(cell))
  if (object < 0) return `the header ${quoted(cells.join(','))} names no column for the object; it may be called obj_id, object, id or key`
  return { columns: { object, size, least: Math.max(object, size) + 1 }, header }
}

function row(cells: readonly string[], { object, size, least }: Columns, objects: ObjectPages): string | undefined {
  if (cells.length < least) return `has ${cells.length} ${cells.length === 1 ? 'column' : 'columns'}; must have at least ${least}`
  if (cells[object] === '') return `has no object in column ${object + 1}`
  const text = size < 0 ? '1' : cells[size]
  const bytes = /^\d{1,13}$/.test(text) ? Number(text) : NaN
  if (!(bytes <= LARGEST)) return `has the size ${quoted(text)}; must be a whole number of bytes from 0 to ${LARGEST.toLocaleString('en-US')}`
  objects.request(cells[object].slice(0, 200), bytes)
  return undefined
}

/** Text tables for people, and the numbers in them. */
export { number, percentChange, signed } from '../lab/numbers'

export interface Column { readonly title: string; readonly align: 'left' | 'right' }

export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, i) => Math.max(width(column.title), ...rows.map((row) => width(row[i]))))
  const line = (cells: readonly string[]): string => cells.map((cell, i) => pad(cell, widths[i], columns[i].align)).join('  ').trimEnd()
  return [line(columns.map((column) => column.title)), line(widths.map((n) => '-'.repeat(n))), ...rows.map(line)].join('\n') + '\n'
}

export function seconds(ms: number): string {
  return ms < 9_950 ? `${(ms / 1000).toFixed(1)} s` : ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`
}

function pad(text: string, to: number, align: Column['align']): string {
  const fill = ' '.repeat(Math.max(0, to - width(text)))
  return align === 'left' ? text + fill : fill + text
}

/** Chinese characters take two columns. */
function width(text: string): number {
  let columns = 0
  for (const character of text) columns += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(character) ? 2 : 1
  return columns
}

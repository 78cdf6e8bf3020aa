/** Rows of text as CSV: RFC 4180. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

/** Of all metrics that some run has: those of the catalogue in its order, then the others by name. */
export function metricColumns(catalogue: readonly string[], runs: readonly Readonly<Record<string, number>>[]): readonly string[] {
  const present = new Set(runs.flatMap((metrics) => Object.keys(metrics)))
  return [...catalogue.filter((id) => present.delete(id)), ...[...present].sort()]
}

export function csvNumber(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? '' : String(value)
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Numbers for people, in English notation. Not by `toLocaleString`: it is gone where policies have run in this process. */

/** Three significant digits below 1000, separators above. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '-'
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return grouped(Math.round(value).toFixed(0))
  return String(Number(value.toPrecision(3)))
}

/** Commas every three digits. */
export function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',')
}

/** With a sign, using a true minus. */
export function signed(value: number): string {
  return value > 0 ? `+${number(value)}` : value < 0 ? `−${number(-value)}` : '0'
}

/** +12 %; tenfold and more says how many times. */
export function percentChange(ratio: number): string {
  if (ratio >= 9) return `×${number(Math.round(ratio + 1))}`
  const percent = Math.abs(ratio * 100)
  const text = percent < 10 ? String(Number(percent.toFixed(1))) : grouped(percent.toFixed(0))
  return `${text === '0' ? '' : ratio > 0 ? '+' : '−'}${text} %`
}

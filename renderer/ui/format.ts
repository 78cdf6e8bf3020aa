/** Numbers for people: thousands separators, three significant digits where more would be noise, times and pages in fitting units. */
import { language } from '../i18n/language'

export function integer(value: number): string {
  return locale({ maximumFractionDigits: 0 }).format(value)
}

/** Whole numbers stay whole; small ones keep three significant digits. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  if (size >= 1000 || Number.isInteger(value)) return integer(value)
  return locale({ maximumSignificantDigits: 3 }).format(value)
}

export function signed(value: number): string {
  if (value === 0) return '0'
  return (value > 0 ? '+' : '−') + number(Math.abs(value))
}

/** The spread of a number, with one place more than the number is written with; nothing where it is smaller than that. */
export function spread(sd: number, mean: number): string {
  const size = Math.abs(mean)
  const places = size >= 1000 || Number.isInteger(mean) ? 0 : Math.max(0, 2 - Math.floor(Math.log10(size)))
  const rounded = Number(sd.toFixed(Math.min(places + 1, 20)))
  return rounded === 0 ? '' : `±${number(rounded)}`
}

/** A change beside the base: +12 %; tenfold and more says how many times. */
export function change(ratio: number): string {
  return ratio >= 9 ? `×${number(Math.round(ratio + 1))}` : percent(ratio)
}

/** A ratio of 0.125 is `+12.5 %`. */
export function percent(ratio: number, sign = true): string {
  const size = Math.abs(ratio * 100)
  if (ratio !== 0 && size < 0.005) return '≈ 0 %'
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2
  const text = `${locale({ maximumFractionDigits: digits }).format(size)} %`
  if (!sign || ratio === 0) return text
  return (ratio > 0 ? '+' : '−') + text
}

const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })

/** For axes: 12k, 3.4M. */
export function compact(value: number): string {
  if (Math.abs(value) < 1000) return number(value)
  return COMPACT.format(value)
}

/** For an axis from least to most: as many digits as it takes for its few ticks to differ; 24.6K five times says nothing. */
export function axisNumber(least: number, most: number): (value: number) => string {
  const size = Math.max(Math.abs(least), Math.abs(most))
  const digits = most > least ? Math.ceil(Math.log10((size / (most - least)) * 5)) + 1 : 3
  return digits <= 3 ? compact : (value) => locale({ maximumSignificantDigits: Math.min(digits, 12) }).format(value)
}

/** Virtual time. */
export function duration(ns: number): string {
  const size = Math.abs(ns)
  if (size === 0) return '0 s'
  if (size < 1e3) return `${number(ns)} ns`
  if (size < 1e6) return `${number(round(ns / 1e3))} µs`
  if (size < 1e9) return `${number(round(ns / 1e6))} ms`
  return `${number(round(ns / 1e9))} s`
}

/** An instant of virtual time, as exact as steps from event to event need it: milliseconds with three places. */
export function instant(ns: number): string {
  return `${locale({ minimumFractionDigits: 3, maximumFractionDigits: 3 }).format(ns / 1e6)} ms`
}

/** Wall time to go. */
export function eta(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000))
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}

/** Pages of 4 KiB as a size. */
export function pagesAsBytes(pages: number): string {
  const kib = pages * 4
  if (Math.abs(kib) >= 1024 * 1024) return `${number(round(kib / 1024 / 1024))} GiB`
  if (Math.abs(kib) >= 1024) return `${number(round(kib / 1024))} MiB`
  return `${number(kib)} KiB`
}

export function withUnit(value: number, unit: string): string {
  return unit === '' || unit === 'count' ? number(value) : `${number(value)} ${unit}`
}

function round(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value * 10) / 10 : Math.round(value * 1000) / 1000
}

/** Made once for each way of writing: a crosshair over six charts writes some hundred numbers a frame. */
const made = new Map<string, Intl.NumberFormat>()

function locale(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const tag = language.get() === 'zh' ? 'zh-CN' : 'en-US'
  const key = `${tag} ${options.minimumFractionDigits} ${options.maximumFractionDigits} ${options.maximumSignificantDigits}`
  let format = made.get(key)
  if (!format) made.set(key, format = new Intl.NumberFormat(tag, options))
  return format
}

/** Problems as people read them: the dotted path, the value that was given, what is allowed, and the nearest known word. */
import type { Problem } from '../../../preload/contract'
import { nearest } from '../nearest'
import { MAX_PROBLEMS } from './limits'

export type Path = readonly PropertyKey[]

/** `['machine', 'zones', 1, 'managed']` -> `machine.zones[1].managed`; the whole of the input is `scenario`. */
export function dottedPath(path: Path): string {
  let dotted = ''
  for (const step of path) dotted += typeof step === 'number' ? `[${step}]` : `${dotted && '.'}${shorten(String(step), 60)}`
  return dotted || 'scenario'
}

/** Something given, short enough for a message. Never throws, never runs the value's own code. */
export function showValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(shorten(value, 60))
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`
  return Object.is(value, -0) ? '-0' : String(value)
}

/** 1234567 -> 1,234,567 */
export function showNumber(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en-US') : String(value)
}

export function showBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']
  let unit = 0
  let size = bytes
  for (; size >= 1024 && unit < units.length - 1; unit++) size /= 1024
  return `${Number(size.toFixed(size < 10 ? 1 : 0))} ${units[unit]}`
}

/** "is -5; must be …", or "is missing; must be …". */
export function complaint(value: unknown, allowed: string): string {
  return value === undefined ? `is missing; must be ${allowed}` : `is ${showValue(value)}; must be ${allowed}`
}

/** ` Did you mean "…"?`, or nothing where no known word is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  return near === undefined ? '' : ` Did you mean "${near}"?`
}

/** Collects problems; one a path, at most MAX_PROBLEMS and a line that says how many more. */
export class ProblemList {
  private readonly found = new Map<string, string>()
  private more = 0

  add(path: Path, message: string): void {
    const dotted = dottedPath(path)
    if (this.found.has(dotted)) return
    if (this.found.size < MAX_PROBLEMS) this.found.set(dotted, message)
    else this.more++
  }

  get empty(): boolean {
    return this.found.size === 0
  }

  list(): readonly Problem[] {
    const problems = [...this.found].map(([path, message]) => ({ path, message }))
    if (this.more > 0) problems.push({ path: 'scenario', message: `has ${this.more} more problems that are not listed` })
    return problems
  }
}

function shorten(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`
}

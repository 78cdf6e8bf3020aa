/**
 * Checks of what policies answer: each reads the answer once, returns a plain copy the engine can trust, or says what is wrong and what is allowed.
 */
import type { HookName, Hooks, ScanBalance, ZoneMarks } from 'reclaim-lab'
import { MAX_NR_ZONES } from '../mm/mmzone'
import { printable } from './printable'

export interface Invalid {
  readonly invalid: true
  readonly value: string
  readonly allowed: string
}

type Checked<H extends HookName> = ReturnType<Hooks<unknown>[H]> | Invalid
type Check = (answer: unknown, args: readonly unknown[]) => unknown

/** A short, safe rendering of anything. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(printable(value, 60))
  if (typeof value === 'number' || typeof value === 'boolean' || value === undefined || value === null) return String(value)
  if (typeof value === 'bigint') return 'a bigint'
  if (typeof value === 'symbol') return 'a symbol'
  if (typeof value === 'function') return 'a function'
  return Array.isArray(value) ? 'a list' : 'an object'
}

function invalid(value: unknown, allowed: string): Invalid {
  return { invalid: true, value: show(value), allowed }
}

function integer(min: number, max: number): Check {
  return (answer) => (typeof answer === 'number' && Number.isInteger(answer) && answer >= min && answer <= max ? answer + 0 : invalid(answer, `a whole number from ${min} to ${max}`))
}

const flag: Check = (answer) => (typeof answer === 'boolean' ? answer : invalid(answer, 'true or false'))

const finite: Check = (answer) => (typeof answer === 'number' && Number.isFinite(answer) ? answer + 0 : invalid(answer, 'a finite number'))

const MAX_PAGES = 2_147_483_648
/** What the sysctl holds. */
const MAX_INT = 2_147_483_647
const MAX_MARK = 1_099_511_627_776

function isMark(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_MARK
}

const marks: Check = (answer, args) => {
  const count = (args[0] as { zones: readonly unknown[] }).zones.length
  if (!Array.isArray(answer) || answer.length !== count) return invalid(answer, `a list of ${count} marks, one for each zone`)
  const out: ZoneMarks[] = []
  for (let i = 0; i < count; i++) {
    const item: unknown = answer[i]
    if (typeof item !== 'object' || item === null) return invalid(item, 'marks { min, low, high, promo }')
    const { min, low, high, promo } = item as Record<string, unknown>
    if (!isMark(min) || !isMark(low) || !isMark(high) || !isMark(promo)) return { invalid: true, value: `[${i}] min ${show(min)}, low ${show(low)}, high ${show(high)}, promo ${show(promo)}`, allowed: 'whole numbers of pages >= 0' }
    if (min > low || low > high || high > promo) return { invalid: true, value: `[${i}] min ${min}, low ${low}, high ${high}, promo ${promo}`, allowed: 'min <= low <= high <= promo' }
    // No -0, which would be another digest.
    out.push({ min: min + 0, low: low + 0, high: high + 0, promo: promo + 0 })
  }
  return out
}

const reserve: Check = (answer) => {
  if (!Array.isArray(answer) || answer.length !== MAX_NR_ZONES) return invalid(answer, `${MAX_NR_ZONES} rows of ${MAX_NR_ZONES} numbers`)
  const out: number[][] = []
  // By index: a list of the policy's may bring its own iterator, or none.
  for (let zone = 0; zone < MAX_NR_ZONES; zone++) {
    const row: unknown = answer[zone]
    if (!Array.isArray(row) || row.length !== MAX_NR_ZONES) return invalid(row, `a row of ${MAX_NR_ZONES} numbers`)
    const copy: number[] = []
    for (let i = 0; i < MAX_NR_ZONES; i++) {
      const pages: unknown = row[i]
      if (!isMark(pages)) return { invalid: true, value: `[${zone}][${i}] ${show(pages)}`, allowed: 'whole numbers of pages >= 0' }
      copy.push(pages + 0)
    }
    out.push(copy)
  }
  return out
}

const balance: Check = (answer) => {
  if (typeof answer !== 'object' || answer === null) return invalid(answer, "{ mode: 'equal' | 'fract' | 'anon' | 'file', anon, file }")
  const { mode, anon, file } = answer as Record<string, unknown>
  if (mode !== 'equal' && mode !== 'fract' && mode !== 'anon' && mode !== 'file') return { invalid: true, value: `mode ${show(mode)}`, allowed: "'equal', 'fract', 'anon' or 'file'" }
  if (mode !== 'fract') return { mode, anon: 0, file: 0 } satisfies ScanBalance
  if (!isShare(anon) || !isShare(file) || anon + file === 0) return { invalid: true, value: `anon ${show(anon)}, file ${show(file)}`, allowed: 'whole numbers from 0 to 2147483648, not both 0' }
  return { mode, anon: anon + 0, file: file + 0 } satisfies ScanBalance
}

function isShare(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_PAGES
}

const slabScan: Check = (answer, args) => {
  const most = 2 * (args[0] as { freeable: number }).freeable
  if (typeof answer !== 'object' || answer === null) return invalid(answer, '{ delta, total }')
  const { delta, total } = answer as Record<string, unknown>
  if (!isMark(delta) || !isMark(total) || total > most) return { invalid: true, value: `delta ${show(delta)}, total ${show(total)}`, allowed: `whole numbers >= 0, total at most ${most}` }
  return { delta: delta + 0, total: total + 0 }
}

const MAX_WINDOW = 8192

const window: Check = (answer) => {
  if (typeof answer !== 'object' || answer === null) return invalid(answer, '{ size, async }')
  const { size, async } = answer as Record<string, unknown>
  if (!isShare(size) || !isShare(async) || size < 1 || size > MAX_WINDOW || async > size) {
    return { invalid: true, value: `size ${show(size)}, async ${show(async)}`, allowed: `size a whole number from 1 to ${MAX_WINDOW}, async one from 0 to size` }
  }
  return { size: size + 0, async: async + 0 }
}

const proposals: Check = (answer, args) => {
  const { nr } = args[0] as { nr: number }
  if (!Array.isArray(answer) || answer.length > nr) return invalid(Array.isArray(answer) ? answer.length : answer, `a list of at most ${nr} folios`)
  const out: number[] = []
  const { length } = answer
  for (let i = 0; i < length; i++) {
    const folio: unknown = answer[i]
    if (!isShare(folio) || folio < 1) return { invalid: true, value: `[${i}] ${show(folio)}`, allowed: 'folios, as hooks and lists give them' }
    out.push(folio)
  }
  return out
}

const pause: Check = (answer) => (typeof answer === 'number' && answer >= 0 && answer <= MAX_PAUSE ? answer + 0 : invalid(answer, `a number of ns from 0 to ${MAX_PAUSE}`))
const MAX_PAUSE = 200_000_000

const CHECKS: Readonly<Record<HookName, Check>> = {
  minFreeKbytes: integer(128, MAX_INT),
  zoneWatermarks: marks,
  lowmemReserve: reserve,
  watermarkBoost: (answer, args) => integer(0, (args[0] as { managed: number }).managed)(answer, args),
  kswapdWake: flag,
  kswapdBalanced: flag,
  kswapdSleep: flag,
  kswapdTarget: integer(1, MAX_PAGES),
  kswapdPriority: integer(0, 12),
  directReclaimStart: flag,
  directReclaimTarget: integer(1, MAX_PAGES),
  allowDirectReclaim: flag,
  reclaimContinue: flag,
  reclaimThrottle: (answer, args) => integer(0, 10 * (args[0] as { hz: number }).hz)(answer, args),
  reclaimRetry: flag,
  scanBalance: balance,
  inactiveIsLow: flag,
  inactiveIsLowInZone: flag,
  folioReferences: integer(0, 3),
  keepActive: flag,
  pageoutDirty: flag,
  swapAdmit: flag,
  swapDevice: (answer, args) => integer(-1, (args[0] as { areas: readonly unknown[] }).areas.length - 1)(answer, args),
  slabScan,
  memcgProtection: integer(0, Number.MAX_SAFE_INTEGER),
  refaultActivate: flag,
  admitFolio: integer(0, 2),
  readaheadWindow: window,
  writebackStart: flag,
  dirtyPause: pause,
  evictFolios: proposals,
  compactionSuitable: (answer) => (answer === 1 || answer === 4 || answer === 8 ? answer : invalid(answer, 'COMPACT_SKIPPED, COMPACT_CONTINUE or COMPACT_SUCCESS')),
  kcompactdWake: flag,
  oomBadness: finite,
}

/** The answer as the engine will use it, what is wrong with it, or undefined where there is none. */
export function checkedAnswer<H extends HookName>(hook: H, answer: unknown, args: readonly unknown[]): Checked<H> | undefined {
  return answer === undefined ? undefined : CHECKS[hook](answer, args) as Checked<H>
}

export function isInvalid(value: unknown): value is Invalid {
  return typeof value === 'object' && value !== null && (value as { invalid?: unknown }).invalid === true
}

/** Are two checked answers the same decision? */
export function sameAnswer(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b)
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => sameAnswer((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
}

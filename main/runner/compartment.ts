/**
 * Evaluates a compiled policy in a fresh compartment: a frozen global object with nothing on it but guest-globals.ts, those bound as locals (free globals are ~50
 * times slower), the fuel meter around it. Gives what the engine needs: the definition, the meter, and a way to find the source line of an error.
 */
import * as api from 'reclaim-lab'
import type { AnyPolicyDefinition } from 'reclaim-lab'
import { types } from 'node:util'
import { sourceColumn } from '../compile/edits'
import type { ColumnMap } from '../compile/edits'
import { COLUMN_MAP_MARK, GUEST_GLOBALS } from '../compile/guest-globals'
import type { FuelMeter } from '../engine'
import { readDefinition } from './definition'
import { dataProperty, explainError } from './guest-values'
import { stackOf } from './realm'
import type { CompiledPolicy } from './protocol'

export interface LoadedPolicy {
  readonly definition: AnyPolicyDefinition
  readonly fuel: FuelMeter
  /** Has it ever filled the stack? How much that holds depends on the machine, so nothing that came after may count. */
  overflowed(): boolean
  explain(error: unknown): string
  locate(error: unknown): Place | undefined
}

export interface Place { readonly line: number; readonly column: number }
export type LoadResult = { readonly ok: true; readonly policy: LoadedPolicy } | { readonly ok: false; readonly message: string; readonly line?: number; readonly column?: number }

/** For the policy's top level; hooks get their budget from the engine. */
const LOAD_FUEL = 10_000_000
/** Calls inside calls. Far above what a policy needs, far below what any machine's stack holds. */
const MAX_DEPTH = 1_000

/** What the wrapper around a policy hands out; written by us, run in the guest. */
interface Guest {
  set(units: number): void
  left(): number
  take(): void
  line(): number
  run(): unknown
}

type MakeGuest = (apiObject: unknown, at: Int32Array, out: () => never, deep: () => never, overflowed: (error: unknown) => boolean, maxDepth: number) => Guest

const HEADER = `(($fuelApi,$fuelAt,$fuelOut,$fuelTooDeep,$fuelOverflowed,$fuelMaxDepth)=>{const{${GUEST_GLOBALS.join(',')}}=globalThis;let $fuel=0,$fuelDepth=0,$fuelLine=0,$fuelBack,$fuelPolicy;`
  + 'const $fuelDeep=()=>{$fuel=-1;$fuelTooDeep()},$fuelCaught=e=>{if($fuel<0)throw e;if($fuelOverflowed(e)){$fuel=-1;throw e}};const $fuelRun=function(){'
const FOOTER = '\n};return{set:u=>{$fuel=u;$fuelDepth=0;$fuelLine=0},left:()=>$fuel,take:()=>{if(--$fuel<0)$fuelOut()},line:()=>$fuelLine,run:()=>{$fuelRun();return $fuelPolicy}}})'

let serial = 0

/** `at`: one word in which the policy keeps the line it is at. */
export function loadPolicy(compiled: CompiledPolicy, at: Int32Array = new Int32Array(1)): LoadResult {
  const script = `policy-${++serial}`
  const trouble = new Trouble()
  const { code, columns } = splitColumns(compiled.code)
  let guest: Guest | undefined
  const locate = (error: unknown): Place | undefined => placeIn(script, columns, trouble.of(guest, error), (guest?.line() ?? 0) || (at[0] ?? 0))
  try {
    const make = freshCompartment().evaluate(`${HEADER}${code}${FOOTER}\n//# sourceURL=${script}`, { __rejectSomeDirectEvalExpressions__: false }) as MakeGuest
    guest = make(API, at, trouble.outOfFuel, trouble.tooDeep, trouble.overflow, MAX_DEPTH)
    guest.set(LOAD_FUEL)
    const exported = guest.run()
    if (guest.left() < 0) return { ok: false, message: trouble.message(), ...locate(undefined) }
    const read = readDefinition(exported)
    return read.ok ? { ok: true, policy: { definition: read.value, fuel: meterOf(guest, trouble, at), overflowed: trouble.overflowed, explain: trouble.explain, locate } } : read
  } catch (error) {
    return { ok: false, message: guest && guest.left() < 0 ? trouble.message() : explainError(error), ...locate(error) }
  }
}

const API: unknown = Object.freeze({ ...api, HOOKS: Object.freeze({ ...api.HOOKS }), NOTIFICATIONS: Object.freeze({ ...api.NOTIFICATIONS }), definePolicy: Object.freeze((definition: unknown) => definition), defineKernel: Object.freeze((definition: unknown) => definition) })

function freshCompartment(): Compartment {
  const compartment = new Compartment({ __options__: true, globals: {} })
  const guestGlobal: object = compartment.globalThis
  const kept: ReadonlySet<PropertyKey> = new Set<PropertyKey>([...GUEST_GLOBALS, 'globalThis', 'Infinity', 'NaN', 'undefined', Symbol.unscopables])
  for (const key of Reflect.ownKeys(guestGlobal)) if (!kept.has(key)) Reflect.deleteProperty(guestGlobal, key)
  Object.freeze(guestGlobal)
  return compartment
}

/** Remembers the first time the meter stopped the policy in a call: whatever it throws or returns afterwards, that is where it went wrong. */
class Trouble {
  private first: Error | undefined
  private full = false

  readonly outOfFuel = (): never => this.stop('used up its fuel: too many loop turns and function calls for one answer')
  readonly tooDeep = (): never => this.stop(`calls nested more than ${MAX_DEPTH} deep`)

  readonly overflowed = (): boolean => this.full
  readonly overflow = (error: unknown): boolean => {
    const is = isStackOverflow(error)
    if (is) this.full = true
    return is
  }

  readonly explain = (error: unknown): string => {
    this.overflow(error)
    return explainError(error)
  }

  message(): string {
    return this.first ? explainError(this.first).replace(/^RangeError: /, '') : `calls nested too deeply for the stack`
  }

  clear(): void {
    this.first = undefined
  }

  of(guest: Guest | undefined, error: unknown): unknown {
    return guest && guest.left() < 0 ? (this.first ?? error) : error
  }

  private stop(message: string): never {
    this.first ??= Object.freeze(new RangeError(message))
    throw this.first
  }
}

function meterOf(guest: Guest, trouble: Trouble, at: Int32Array): FuelMeter {
  return {
    set: units => { trouble.clear(); at[0] = 0; guest.set(units) },
    left: guest.left,
    take: guest.take,
    why: () => (guest.left() < 0 ? trouble.message() : undefined),
  }
}

/** Would come at another depth on another machine, so no policy may go on from it. */
function isStackOverflow(error: unknown): boolean {
  if (!types.isNativeError(error)) return false
  const [name, message] = [dataProperty(error, 'name'), dataProperty(error, 'message')]
  return (name === 'RangeError' && message === 'Maximum call stack size exceeded') || (name === 'SyntaxError' && typeof message === 'string' && REGEXP_OVERFLOW.test(message))
}

/** V8 takes a regular expression apart on the stack, too. */
const REGEXP_OVERFLOW = /: (?:Stack overflow|Regular expression too large)$/

function splitColumns(code: string): { readonly code: string; readonly columns: ColumnMap } {
  const at = code.lastIndexOf(`\n${COLUMN_MAP_MARK}`)
  if (at < 0) return { code, columns: {} }
  return { code: code.slice(0, at), columns: JSON.parse(code.slice(at + 1 + COLUMN_MAP_MARK.length)) as ColumnMap }
}

/** The topmost frame in the policy's own text; for things thrown that carry no stack, and for answers, the line of the `throw` or `return`. */
function placeIn(script: string, columns: ColumnMap, error: unknown, lastLine: number): Place | undefined {
  for (const frame of stackOf(error).matchAll(new RegExp(`\\b${script}:(\\d+):(\\d+)`, 'g'))) {
    const line = Number(frame[1])
    const column = Number(frame[2]) - (line === 1 ? HEADER.length : 0)
    if (column > 0) return { line, column: sourceColumn(columns, line, column) }
  }
  return lastLine > 0 ? { line: lastLine, column: 1 } : undefined
}

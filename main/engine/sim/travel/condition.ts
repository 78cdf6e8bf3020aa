/** What to run until: an event, a decision with something about it, or a comparison of the machine's numbers that comes true. Plain data. */
import type { HookName } from 'reclaim-lab'
import type { Mm } from '../../mm/mm'
import { WMARK_HIGH, WMARK_LOW, WMARK_MIN } from '../../mm/mmzone'
import type { EventKind } from '../recording'
import { vmstatValue } from '../vmstat-view'

export type Comparison = '<' | '<=' | '>' | '>=' | '=' | '!='

/** A number, or the name of a series: of /proc/vmstat, or `zone.<node>.<zone>.free|min|low|high|boost`. */
export type Operand = number | string

export type Condition =
  | { readonly kind: 'event'; readonly event?: EventKind }
  | { readonly kind: 'kswapd' | 'direct' }
  /** `path`: `answer`, `answer.anon`, or into the arguments: `priority`, `zones.0.free`. Without one every call counts. */
  | { readonly kind: 'hook'; readonly hook: HookName; readonly path?: string; readonly op?: Comparison; readonly value?: number | string | boolean }
  /** Comes true: it was not a moment before. */
  | { readonly kind: 'metric'; readonly left: Operand; readonly op: Comparison; readonly right: Operand }

export function compares(left: unknown, op: Comparison, right: unknown): boolean {
  if (op === '=') return left === right
  if (op === '!=') return left !== right
  if (typeof left !== 'number' || typeof right !== 'number') return false
  return op === '<' ? left < right : op === '<=' ? left <= right : op === '>' ? left > right : left >= right
}

/** Undefined for a name the machine doesn't have. */
export function seriesValue(mm: Mm, operand: Operand): number | undefined {
  if (typeof operand === 'number') return operand
  const [, node, name, what] = /^zone\.(\d+)\.(\w+)\.(free|min|low|high|boost)$/.exec(operand) ?? []
  if (what === undefined) return vmstatValue(mm, operand)
  const zone = mm.zones.find((one) => one.node === Number(node) && one.name === name)
  if (zone === undefined) return undefined
  const marks = { free: zone.free, min: zone.mark[WMARK_MIN], low: zone.mark[WMARK_LOW], high: zone.mark[WMARK_HIGH], boost: zone.boost }
  return marks[what as keyof typeof marks]
}

export function hookMatches(condition: Extract<Condition, { kind: 'hook' }>, args: readonly unknown[], answer: unknown): boolean {
  const { path, op = '=', value = true } = condition
  if (path === undefined) return true
  const [first, ...rest] = path.split('.')
  if (first === 'answer') return compares(at(answer, rest), op, value)
  // One object of arguments, or several by their number.
  const root = args.length === 1 && typeof args[0] === 'object' ? args[0] : args
  return compares(at(root, [first, ...rest]), op, value)
}

function at(value: unknown, path: readonly string[]): unknown {
  let here = value
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined
    here = (here as Readonly<Record<string, unknown>>)[key]
  }
  return here
}

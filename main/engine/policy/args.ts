/**
 * Arguments as a policy may have them: fresh, frozen, without prototype, so that nothing it does reaches the engine's own. What a policy gives is read the same way:
 * by index and own key, each once, never by a method of its own, and no more of it than any hook has.
 */
import type { HookName } from 'reclaim-lab'
import { show } from './answers'
import { PolicyMisuse } from './misuse'
import { printable } from './printable'

const MAX_DEPTH = 6
const MAX_VALUES = 65_536
const MAX_DUMP = 500

/** An argument, or what the decision below answered, as a policy may have it. */
export function plainCopy(value: unknown): unknown {
  return copy(value, 0, { left: Infinity })
}

class TooLarge extends Error {}

function copy(value: unknown, depth: number, budget: { left: number }): unknown {
  if (budget.left-- <= 0) throw new TooLarge()
  if (typeof value !== 'object' || value === null) return typeof value === 'function' || typeof value === 'symbol' ? undefined : value
  if (depth > MAX_DEPTH) return undefined
  return Array.isArray(value) ? copyList(value, depth, budget) : copyObject(value, depth, budget)
}

function copyList(list: readonly unknown[], depth: number, budget: { left: number }): readonly unknown[] {
  const { length } = list
  const out: unknown[] = []
  for (let i = 0; i < length; i++) out.push(copy(list[i], depth + 1, budget))
  return Object.freeze(out)
}

function copyObject(value: object, depth: number, budget: { left: number }): unknown {
  const out: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const key of Object.keys(value)) out[key] = copy((value as Record<string, unknown>)[key], depth + 1, budget)
  return Object.freeze(out)
}

/** The arguments of a call in one line, shortened, for an ejection's dump. */
export function describeArgs(args: readonly unknown[]): string {
  return printable(JSON.stringify(args) ?? '', MAX_DUMP)
}

/** Arguments for `k.base.<hook>`: the hook's own with the given ones over them, or outside that hook the given ones alone. */
export function mergeArgs(hook: HookName, own: readonly unknown[], given: readonly unknown[]): readonly unknown[] | PolicyMisuse {
  if (given.length === 0) return own.length > 0 ? own : new PolicyMisuse(`k.base.${hook}() needs arguments outside its own hook`, 'none', 'the arguments of the hook')
  const copied = copyGiven(hook, given)
  if (copied instanceof PolicyMisuse) return copied
  const merged = own.length > 0 ? [...own] : copied
  for (let i = 0; own.length > 0 && i < copied.length; i++) {
    const unlike = differentShape(merged[i], copied[i], `argument ${i + 1}`)
    if (unlike) return new PolicyMisuse(`k.base.${hook}: ${unlike.what}`, unlike.value, unlike.allowed)
    merged[i] = isRecord(merged[i]) ? Object.freeze({ ...(merged[i] as object), ...(copied[i] as object) }) : copied[i]
  }
  const bad = findBadNumber(merged)
  return bad === undefined ? merged : new PolicyMisuse(`k.base.${hook}: ${bad}`, bad, 'finite numbers')
}

function copyGiven(hook: HookName, given: readonly unknown[]): unknown[] | PolicyMisuse {
  const budget = { left: MAX_VALUES }
  try {
    return given.map((arg) => copy(arg, 0, budget))
  } catch (error) {
    // What a getter of the policy's throws is the policy's.
    if (!(error instanceof TooLarge)) throw error
    return new PolicyMisuse(`k.base.${hook}: the arguments hold more than ${MAX_VALUES} values`, 'more', `at most ${MAX_VALUES} values`)
  }
}

interface Unlike { readonly what: string; readonly value: string; readonly allowed: string }

/** The decision below may be another policy's: it gets what the kernel would give it, other values aside. */
function differentShape(own: unknown, given: unknown, at: string): Unlike | undefined {
  if (kindOf(own) !== kindOf(given)) return { what: `${at} is ${show(given)}`, value: show(given), allowed: kindOf(own) }
  if (Array.isArray(own)) return differentLists(own, given as readonly unknown[], at)
  return isRecord(own) ? differentRecords(own, given as Readonly<Record<string, unknown>>, at) : undefined
}

function differentLists(own: readonly unknown[], given: readonly unknown[], at: string): Unlike | undefined {
  if (own.length > 0 && given.length === 0) return { what: `${at} is an empty list`, value: 'an empty list', allowed: `a list like the hook's own` }
  for (let i = 0; i < given.length && own.length > 0; i++) {
    // Each has every key, since a list's items are not merged.
    const [like, item] = [own[Math.min(i, own.length - 1)], given[i]]
    const missing = isRecord(like) && isRecord(item) ? Object.keys(like).find((key) => !Object.hasOwn(item, key)) : undefined
    if (missing !== undefined) return { what: `${at}[${i}] has no ${missing}`, value: 'undefined', allowed: `items like the hook's own` }
    const unlike = differentShape(like, item, `${at}[${i}]`)
    if (unlike) return unlike
  }
  return undefined
}

function differentRecords(own: Readonly<Record<string, unknown>>, given: Readonly<Record<string, unknown>>, at: string): Unlike | undefined {
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(own, key)) return { what: `${at} has no ${show(key)}`, value: show(key), allowed: Object.keys(own).join(', ') }
    const unlike = differentShape(own[key], given[key], `${at}.${key}`)
    if (unlike) return unlike
  }
  return undefined
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function findBadNumber(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${value} is not a finite number`
  if (typeof value !== 'object' || value === null) return undefined
  for (const item of Object.values(value)) {
    const bad = findBadNumber(item)
    if (bad !== undefined) return bad
  }
  return undefined
}

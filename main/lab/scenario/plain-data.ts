/**
 * The first look at something of unknown origin: is it plain data of a bearable size? Only then does the schema walk it. Without recursion, so that depth can't
 * break it, and without running a getter.
 */
import { MAX_INPUT_DEPTH, MAX_INPUT_VALUES, MAX_TEXT } from './limits'
import { showNumber } from './problems'
import type { Path , ProblemList} from './problems'

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

interface Visit { readonly value: unknown; readonly path: Path }

/** False when the schema must not walk it; the reasons are in `problems`. Smaller faults are noted there too, and the schema may go on. */
export function checkPlainData(input: unknown, problems: ProblemList): boolean {
  const open: Visit[] = [{ value: input, path: [] }]
  for (let seen = 1; open.length > 0; seen++) {
    if (seen > MAX_INPUT_VALUES) {
      problems.add([], `holds more than ${showNumber(MAX_INPUT_VALUES)} values; that is more than a scenario can need`)
      return false
    }
    const visit = open.pop()
    if (visit && !visitOne(visit, open, problems)) return false
  }
  return true
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function visitOne({ value, path }: Visit, open: Visit[], problems: ProblemList): boolean {
  if (typeof value === 'string' && value.length > MAX_TEXT) problems.add(path, `is a text of ${showNumber(value.length)} characters; at most ${showNumber(MAX_TEXT)} are allowed`)
  if (typeof value !== 'object' || value === null) return true
  if (path.length >= MAX_INPUT_DEPTH) {
    problems.add(path.slice(0, 4), `is nested more than ${MAX_INPUT_DEPTH} levels deep; a scenario has fewer than ten`)
    return false
  }
  if (!isPlain(value)) {
    problems.add(path, 'is not plain data; only objects, lists without gaps, texts, numbers, true, false and null are')
    return false
  }
  return pushChildren(value, path, open, problems)
}

function pushChildren(value: object, path: Path, open: Visit[], problems: ProblemList): boolean {
  const list = Array.isArray(value)
  for (const key of Object.keys(value)) {
    const step = [...path, list ? Number(key) : key]
    const property = Object.getOwnPropertyDescriptor(value, key)
    if (FORBIDDEN_KEYS.has(key)) {
      problems.add(step, 'is a name that scenarios may not use')
    } else if (property && 'value' in property) {
      open.push({ value: property.value, path: step })
    } else {
      problems.add(step, 'is not plain data: it is computed when read')
      return false
    }
  }
  return true
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return Object.keys(value).length === value.length
  const prototype: unknown = Object.getPrototypeOf(value)
  // The prototype of another realm's object (a structured clone, a test's vm context) has no prototype either.
  return (prototype === null || Object.getPrototypeOf(prototype) === null) && Object.getOwnPropertySymbols(value).length === 0
}

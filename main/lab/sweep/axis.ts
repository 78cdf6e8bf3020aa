/** What a person writes for an axis of a sweep: `vm.swappiness=0..200:20`, `watermark-early.factor=1,2,4`, `vm.min_free_kbytes=1000..64000*2`. */
import type { Problem, Result } from '../../../preload/contract'
import type { SweepAxis } from '../../engine'
import { done, show } from '../problems'

const MOST_VALUES = 1000
const FORMS = 'must be name=first..last:step, name=first..last*factor or name=a,b,c, as in vm.swappiness=0..200:20'
const NUMBER = '-?\\d{1,15}(?:\\.\\d{1,9})?'
const STEPS = new RegExp(`^(${NUMBER})\\.\\.(${NUMBER})([:*])(${NUMBER})$`)
const ONE = new RegExp(`^${NUMBER}$`)

export function readAxis(text: string): Result<SweepAxis> {
  const at = text.indexOf('=')
  if (at < 1) return wrong(text, FORMS)
  const name = text.slice(0, at).trim()
  const written = text.slice(at + 1).trim()
  const values = readValues(written)
  if (typeof values === 'string') return wrong(text, values)
  const twice = values.find((value, i) => values.indexOf(value) !== i)
  return twice === undefined ? done({ name, values }) : wrong(text, `has the value ${twice} twice`)
}

/** The values, or what is wrong. */
function readValues(written: string): readonly number[] | string {
  const steps = STEPS.exec(written)
  if (steps !== null) return steps[3] === ':' ? added(Number(steps[1]), Number(steps[2]), Number(steps[4])) : multiplied(Number(steps[1]), Number(steps[2]), Number(steps[4]))
  const words = written.split(',').map((word) => word.trim())
  if (!words.every((word) => ONE.test(word))) return FORMS
  return words.length > MOST_VALUES ? tooMany(words.length) : words.map(Number)
}

function added(first: number, last: number, step: number): readonly number[] | string {
  if (step <= 0 || last < first) return `needs a step above 0 and a last value that is not below the first, not ${first}..${last}:${step}`
  const count = Math.floor((last - first) / step + 1e-9) + 1
  if (count > MOST_VALUES) return tooMany(count)
  return Array.from({ length: count }, (_, i) => rounded(first + i * step))
}

function multiplied(first: number, last: number, factor: number): readonly number[] | string {
  if (factor <= 1 || first <= 0 || last < first) return `needs a factor above 1 and a first value above 0 that is not above the last, not ${first}..${last}*${factor}`
  const values: number[] = []
  for (let value = first; value <= last * (1 + 1e-9); value *= factor) {
    values.push(rounded(value))
    if (values.length > MOST_VALUES) return tooMany(values.length)
  }
  // Sysctls are whole numbers; where the first is one, so shall the others be.
  return Number.isInteger(first) ? [...new Set(values.map(Math.round))] : values
}

/** Without what adding fractions leaves behind. */
function rounded(value: number): number {
  return Number(value.toPrecision(12))
}

function tooMany(count: number): string {
  return `has ${count === MOST_VALUES + 1 ? 'more than 1000' : count} values; at most ${MOST_VALUES}`
}

function wrong(text: string, message: string): { readonly ok: false; readonly problems: readonly Problem[] } {
  return { ok: false, problems: [{ path: `sweep ${show(text)}`, message }] }
}

/** A policy while it is being written: parameters, state, hooks and helpers find their places here. */
import type { RuleField } from '../../../preload/contract'
import type { Values } from './conditions'
import { API_VALUES, HELPERS } from './helpers'
import { quoted, shown } from './literals'

export interface Draft {
  readonly params: Map<string, string>
  readonly state: Map<string, string>
  readonly hooks: Map<string, readonly string[]>
  readonly values: Set<string>
  readonly types: Set<string>
  readonly helpers: Set<string>
  /** Puts what is said of a parameter in the policy's language. */
  readonly say: (text: string) => string
}

export function emptyDraft(say: Draft['say'] = (text) => text): Draft {
  return { say, params: new Map(), state: new Map(), hooks: new Map(), values: new Set(['definePolicy']), types: new Set(), helpers: new Set() }
}

/** A field of `values` as a parameter, under this name or the next free; the code that reads it. */
export function paramOf(draft: Draft, fields: readonly RuleField[], values: Values, field: string, wanted: string, about: string): string {
  const spec = fields.find(({ name }) => name === field)
  if (spec?.kind !== 'number') throw new Error(`${field} is no number`)
  let name = wanted
  for (let n = 2; draft.params.has(name); n++) name = `${wanted}${n}`
  const step = spec.step === undefined ? '' : ` step: ${spec.step},`
  const unit = spec.unit === '' ? '' : ` unit: ${quoted(spec.unit)},`
  draft.params.set(name, `${name}: { kind: 'number', default: ${shown(values[field])}, min: ${shown(spec.min)}, max: ${shown(sliderMax(spec.max, Number(values[field]), spec.unit))},${step}${unit} about: ${quoted(draft.say(about))} },`)
  return `k.params.${name}`
}

/** Shares of up to a hundred times are allowed, but no slider needs them where little was asked for. */
function sliderMax(max: number, value: number, unit: string): number {
  return unit === '%' && max > 1000 && value <= 1000 ? 1000 : max
}

/** Notes what code uses, so that it is imported or stands at the end. */
export function uses(draft: Draft, names: readonly string[]): void {
  for (const name of names) {
    if (API_VALUES.has(name)) draft.values.add(name)
    else if (Object.hasOwn(HELPERS, name)) {
      draft.helpers.add(name)
      for (const type of HELPERS[name].types ?? []) draft.types.add(type)
    }
  }
}

const SIGNATURES: Readonly<Record<string, readonly string[]>> = {
  folioReferences: ['young', 'facts', 'k'], keepActive: ['young', 'facts', 'k'], swapAdmit: ['facts', 'k'], refaultActivate: ['distance', 'size', 'facts', 'k'], admitFolio: ['where', 'facts', 'task', 'k'],
  folioAdded: ['folio', 'facts', 'task', 'k'], folioAccessed: ['folio', 'young', 'accesses', 'k'], evictFolios: ['{ type, nr }', 'k'],
}

/** The hook as a method: what its body does not use is marked, or left out at the end. */
export function method(name: string, body: readonly string[]): readonly string[] {
  const text = body.join('\n')
  const used = (SIGNATURES[name] ?? ['args', 'k']).map((arg) => (arg.startsWith('{') || new RegExp(`\\b${arg}\\b`).test(text) ? arg : `_${arg}`))
  const last = used.findLastIndex((arg) => !arg.startsWith('_'))
  return [`${name}(${used.slice(0, last + 1).join(', ')}) {`, ...body.map((line) => (line === '' ? '' : `  ${line}`)), '},']
}

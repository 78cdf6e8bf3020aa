/** Values for a policy's declared parameters: defaults, then what the run gives, each checked against its declaration. */
import type { ParamSpec, ParamSpecs } from 'reclaim-lab'
import type { Read } from './definition'

export type ParamValue = number | boolean | string

export function resolveParams(specs: ParamSpecs, given: Readonly<Record<string, ParamValue>>): Read<Readonly<Record<string, ParamValue>>> {
  const unknown = Object.keys(given).find(name => !Object.hasOwn(specs, name))
  if (unknown !== undefined) return { ok: false, message: `there is no parameter ${unknown}; there are ${Object.keys(specs).join(', ') || 'none'}` }
  const values: Record<string, ParamValue> = {}
  for (const [name, spec] of Object.entries(specs)) {
    const value = (Object.hasOwn(given, name) ? given[name] : undefined) ?? spec.default
    const wrong = wrongValue(spec, value)
    if (wrong) return { ok: false, message: `${name} is ${JSON.stringify(value)}; it must be ${wrong}` }
    values[name] = value
  }
  return { ok: true, value: Object.freeze(values) }
}

/** What would be allowed, when `value` isn't. */
function wrongValue(spec: ParamSpec, value: ParamValue): string | undefined {
  if (spec.kind === 'boolean') return typeof value === 'boolean' ? undefined : 'true or false'
  if (spec.kind === 'choice') return spec.choices.includes(String(value)) ? undefined : `one of ${spec.choices.join(', ')}`
  if (typeof value !== 'number' || !(value >= spec.min && value <= spec.max)) return `a number in ${spec.min}..${spec.max}`
  const byStep = spec.step !== undefined && Number.isInteger(spec.step)
  return byStep && (value - spec.min) % spec.step !== 0 ? `${spec.min} plus a multiple of ${spec.step}` : undefined
}

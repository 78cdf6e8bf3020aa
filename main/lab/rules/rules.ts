/** Policies from rules: what a form or a file says, checked and turned into TypeScript, and read back out of it. Pure: nothing is compiled or run here. */
import type { Problem, Result, RuleSet, RulesCode } from '../../../preload/contract'
import { showNumber } from '../scenario/problems'
import { parseRules, parseRulesText } from './parse-rules'
import { writePolicy } from './write-policy'

export { rulesIn } from './embed'
export { rulesCatalogue } from './parse-rules'

/** The sysctls of the kernels that there are, by name; what none of them takes is noted. */
export type Sysctls = Readonly<Record<string, { readonly min: number; readonly max: number; readonly default: unknown }>>

/** Of several kernels: what any of them takes. */
export function sysctlsOf(kernels: readonly { readonly definition: { readonly sysctls: Sysctls } }[]): Sysctls {
  const all: Record<string, Sysctls[string]> = {}
  for (const [name, spec] of kernels.flatMap(({ definition }) => Object.entries(definition.sysctls))) {
    const known = all[name] ?? spec
    all[name] = { min: Math.min(known.min, spec.min), max: Math.max(known.max, spec.max), default: known.default }
  }
  return all
}

export function codeOf(given: unknown, sysctls?: Sysctls): Result<RulesCode> {
  return written(parseRules(given), sysctls)
}

/** The same from a file. */
export function codeOfText(source: string, name: string, sysctls?: Sysctls): Result<RulesCode> {
  return written(parseRulesText(source, name), sysctls)
}

function written(rules: Result<RuleSet>, sysctls: Sysctls = {}): Result<RulesCode> {
  if (!rules.ok) return rules
  const { text, notes } = writePolicy(rules.value)
  return { ok: true, value: { rules: rules.value, text, notes: [...notes, ...unfit(rules.value, sysctls)] } }
}

/** A policy that writes what the kernel refuses is ejected. */
function unfit({ rules }: RuleSet, sysctls: Sysctls): readonly Problem[] {
  if (Object.keys(sysctls).length === 0) return []
  return rules.flatMap(({ then }, i): readonly Problem[] => {
    if (then['do'] !== 'sysctl') return []
    const [name, value] = [String(then['name']), Number(then['value'])]
    const spec = Object.hasOwn(sysctls, name) ? sysctls[name] : undefined
    if (spec === undefined) return [{ path: `rules[${i}].then.name`, message: `is "${name}", which no kernel of the lab has: the policy will be ejected` }]
    if (Array.isArray(spec.default)) return [{ path: `rules[${i}].then.name`, message: `is "${name}", which takes several numbers and can't be written by a policy` }]
    return value >= spec.min && value <= spec.max ? [] : [{ path: `rules[${i}].then.value`, message: `is ${value}; ${name} takes ${showNumber(spec.min)} to ${showNumber(spec.max)}, or the policy will be ejected` }]
  })
}

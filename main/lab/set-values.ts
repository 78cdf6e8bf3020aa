/**
 * `--set`-style values: `vm.swappiness` -> 10 changes the machine, `watermark-early.factor` -> 2 one policy. Checked against the kernel's sysctls and the declared
 * parameters; text that says a number is taken as one, since terminals and forms only have text.
 */
import type { KernelDefinition, SysctlSpec } from 'reclaim-lab'
import type { ParamInfo, Problem, Scenario } from '../../preload/contract'
import { suggestion } from './nearest'
import { show } from './problems'

export type SetValue = number | string | boolean
export type ParamValues = Readonly<Record<string, number | boolean | string>>
export interface NamedParams { readonly name: string; readonly params: readonly ParamInfo[] }

export interface AppliedSet {
  readonly sysctls: Scenario['sysctls']
  /** By policy, all declared parameters with their values. */
  readonly params: readonly ParamValues[]
  readonly problems: readonly Problem[]
}

export function applySet(set: Readonly<Record<string, SetValue>>, kernel: KernelDefinition, policies: readonly NamedParams[]): AppliedSet {
  const sysctls: Record<string, number | readonly number[]> = {}
  const params = policies.map((policy) => defaults(policy.params))
  const problems: Problem[] = []
  for (const [key, value] of Object.entries(set)) {
    const refuse = (message: string): void => { problems.push({ path: `set.${key}`, message }) }
    if (isSysctl(key, kernel, policies)) setSysctl(key, value, kernel, sysctls, refuse)
    else setParam(key, value, kernel, policies, params, refuse)
  }
  return { sysctls, params, problems }
}

/** Parameters of one policy, by their bare names, over its defaults. */
export function givenParams(given: Readonly<Record<string, SetValue>>, { name, params }: NamedParams): { readonly params: ParamValues; readonly problems: readonly Problem[] } {
  const into = defaults(params)
  const problems: Problem[] = []
  for (const [key, value] of Object.entries(given)) setOwn({ name, params }, key, value, into, (message) => { problems.push({ path: key, message }) })
  return { params: into, problems }
}

function isSysctl(key: string, kernel: KernelDefinition, policies: readonly NamedParams[]): boolean {
  if (Object.hasOwn(kernel.sysctls, key)) return true
  return /^(vm|kernel|fs)\./.test(key) && !policies.some((policy) => key.startsWith(`${policy.name}.`))
}

function setSysctl(key: string, value: SetValue, kernel: KernelDefinition, into: Record<string, number | readonly number[]>, refuse: (message: string) => void): void {
  const spec = Object.hasOwn(kernel.sysctls, key) ? kernel.sysctls[key] : undefined
  if (spec === undefined) return refuse(`${kernel.name} has no sysctl ${show(key)} here.${suggestion(key, Object.keys(kernel.sysctls))}`)
  const read = sysctlValue(value, spec)
  if (typeof read === 'string') refuse(read)
  else into[key] = read
}

/** The value, or what is wrong with it. */
export function sysctlValue(value: SetValue, spec: SysctlSpec): number | readonly number[] | string {
  if (!Array.isArray(spec.default)) return wholeNumber(value, spec)
  const parts = String(value).split(/[\s,]+/).filter((part) => part !== '').map((part) => wholeNumber(part, spec))
  const wrong = parts.find((part) => typeof part === 'string')
  if (wrong !== undefined) return wrong
  const numbers = parts.filter((part) => typeof part === 'number')
  return numbers.length >= 1 && numbers.length <= spec.default.length ? numbers : `takes up to ${spec.default.length} numbers, not ${show(value)}`
}

function wholeNumber(value: SetValue, spec: SysctlSpec): number | string {
  const number = numeric(value)
  if (number !== undefined && Number.isInteger(number) && number >= spec.min && number <= spec.max) return number
  return `must be a whole number from ${spec.min} to ${spec.max} (${spec.unit}), not ${show(value)}`
}

function setParam(key: string, value: SetValue, kernel: KernelDefinition, policies: readonly NamedParams[], into: Record<string, number | boolean | string>[], refuse: (message: string) => void): void {
  const matching = policies.map((policy, at) => ({ policy, at })).filter(({ policy }) => key.startsWith(`${policy.name}.`))
  if (matching.length === 0) {
    const known = [...Object.keys(kernel.sysctls), ...policies.flatMap((policy) => policy.params.map((param) => `${policy.name}.${param.name}`))]
    return refuse(`is neither a sysctl of ${kernel.name} nor a parameter of a policy in this experiment.${suggestion(key, known)}`)
  }
  for (const { policy, at } of matching) setOwn(policy, key.slice(policy.name.length + 1), value, into[at], refuse)
}

function setOwn(policy: NamedParams, name: string, value: SetValue, into: Record<string, number | boolean | string>, refuse: (message: string) => void): void {
  const param = policy.params.find((one) => one.name === name)
  if (param === undefined) return refuse(`${policy.name} has no parameter ${show(name)}.${suggestion(name, policy.params.map((one) => one.name))}`)
  const read = paramValue(value, param)
  if ('wrong' in read) refuse(read.wrong)
  else into[name] = read.value
}

/** The value as the parameter's kind, or what is wrong with it. */
function paramValue(value: SetValue, param: ParamInfo): { readonly value: number | boolean | string } | { readonly wrong: string } {
  if (param.kind === 'number') return numberParam(value, param)
  if (param.kind === 'boolean') {
    const words: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false, on: true, off: false, yes: true, no: false }
    const word = String(value).toLowerCase()
    return Object.hasOwn(words, word) ? { value: words[word] } : { wrong: `must be true or false, not ${show(value)}` }
  }
  const choices = param.choices ?? []
  return choices.includes(String(value)) ? { value: String(value) } : { wrong: `must be one of ${choices.join(', ')}, not ${show(value)}` }
}

function numberParam(value: SetValue, param: ParamInfo): { readonly value: number } | { readonly wrong: string } {
  const { min = -Infinity, max = Infinity, step, unit } = param
  const number = numeric(value)
  const range = `from ${min} to ${max}${unit === undefined ? '' : ` ${unit}`}`
  if (number === undefined || number < min || number > max) return { wrong: `must be a number ${range}, not ${show(value)}` }
  const offGrid = step !== undefined && Number.isInteger(step) && step > 0 && !Number.isInteger((number - min) / step)
  return offGrid ? { wrong: `must be ${min} plus a multiple of ${step}, up to ${max}, not ${show(value)}` } : { value: number }
}

function numeric(value: SetValue): number | undefined {
  if (typeof value === 'boolean') return undefined
  const text = String(value).trim()
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return undefined
  const number = Number(text)
  return Number.isFinite(number) ? number : undefined
}

function defaults(params: readonly ParamInfo[]): Record<string, number | boolean | string> {
  return Object.fromEntries(params.map((param) => [param.name, param.default]))
}

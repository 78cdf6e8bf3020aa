/**
 * Takes what a policy exported, checks it, and copies it: the engine gets a definition that the policy can't change afterwards. Names what is wrong and what is
 * allowed. A kernel is a policy too: its hooks are taken, its traits and sysctls are not.
 */
import { HOOKS, NOTIFICATIONS } from 'reclaim-lab'
import type { AnyPolicyDefinition, ParamSpec, ParamSpecs } from 'reclaim-lab'
import { isPlainObject, shortValue } from './guest-values'

export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string }

const NAME = /^[a-z0-9]+(?:[-.][a-z0-9]+)*$/
const PARAM_NAME = /^[A-Za-z][A-Za-z0-9]*$/
const MAX_NAME = 40
const MAX_PARAMS = 32
const MAX_PERIOD_MS = 3_600_000
const MAX_TEXT = 2_000

/** Thrown and caught in here only. */
class Wrong extends Error {}

export function readDefinition(exported: unknown): Read<AnyPolicyDefinition> {
  try {
    return { ok: true, value: definitionOf(plain(exported, 'the default export', '`definePolicy({ ... })`')) }
  } catch (error) {
    if (error instanceof Wrong) return { ok: false, message: error.message }
    throw error
  }
}

function definitionOf(from: Source): AnyPolicyDefinition {
  const api = from.get('api')
  if (api !== 1) throw new Wrong(`api is ${shortValue(api)}; this lab has api 1`)
  const controller = from.get('controller')
  const params = from.get('params')
  const init = optionalFunction(from, 'init')
  const exit = optionalFunction(from, 'exit')
  return Object.freeze({
    api,
    name: nameOf(from.get('name')),
    describe: optionalText(from, 'describe'),
    ...(params === undefined ? {} : { params: paramsOf(plain(params, 'params', 'an object of parameters')) }),
    ...(init ? { init: init as NonNullable<AnyPolicyDefinition['init']> } : {}),
    ...(exit ? { exit: exit as NonNullable<AnyPolicyDefinition['exit']> } : {}),
    hooks: hooksOf(from.get('hooks')),
    ...(controller === undefined ? {} : { controller: controllerOf(plain(controller, 'controller', '`{ periodMs, run(k) { ... } }`')) }),
  })
}

function nameOf(name: unknown): string {
  if (typeof name === 'string' && name.length <= MAX_NAME && NAME.test(name)) return name
  throw new Wrong(`name is ${shortValue(name)}; it must be lower-case words joined by "-", at most ${MAX_NAME} characters`)
}

function hooksOf(hooks: unknown): NonNullable<AnyPolicyDefinition['hooks']> {
  if (hooks === undefined) return Object.freeze({})
  const from = plain(hooks, 'hooks', 'an object of functions')
  const copy: Record<string, unknown> = {}
  for (const key of from.keys()) {
    if (!Object.hasOwn(HOOKS, key) && !Object.hasOwn(NOTIFICATIONS, key)) throw new Wrong(`hooks.${key.slice(0, MAX_NAME)} is no hook of api 1; there are ${[...Object.keys(HOOKS), ...Object.keys(NOTIFICATIONS)].join(', ')}`)
    const hook = from.get(key)
    if (hook !== undefined && typeof hook !== 'function') throw new Wrong(`hooks.${key} is ${shortValue(hook)}; it must be a function`)
    if (hook !== undefined) copy[key] = hook
  }
  return Object.freeze(copy)
}

function controllerOf(from: Source): NonNullable<AnyPolicyDefinition['controller']> {
  const periodMs = from.get('periodMs')
  if (!Number.isSafeInteger(periodMs) || (periodMs as number) < 1 || (periodMs as number) > MAX_PERIOD_MS) {
    throw new Wrong(`controller.periodMs is ${shortValue(periodMs)}; it must be a whole number of ms, 1..${MAX_PERIOD_MS}`)
  }
  const run = optionalFunction(from, 'run')
  if (!run) throw new Wrong('controller.run is missing; it must be a function')
  return Object.freeze({ periodMs: periodMs as number, run: run as NonNullable<AnyPolicyDefinition['controller']>['run'] })
}

function paramsOf(from: Source): ParamSpecs {
  const names = from.keys()
  if (names.length > MAX_PARAMS) throw new Wrong(`params has ${names.length} parameters; at most ${MAX_PARAMS} are allowed`)
  const copy: Record<string, ParamSpec> = {}
  for (const name of names) {
    if (name.length > MAX_NAME || !PARAM_NAME.test(name)) throw new Wrong(`params.${name.slice(0, MAX_NAME)}: a parameter's name is letters and digits, at most ${MAX_NAME}`)
    copy[name] = paramOf(plain(from.get(name), `params.${name}`, 'an object with `kind`, `default` and `about`'))
  }
  return Object.freeze(copy)
}

function paramOf(from: Source): ParamSpec {
  const kind = from.get('kind')
  const about = optionalText(from, 'about') ?? ''
  if (kind === 'number') return Object.freeze(numberParam(from, about))
  if (kind === 'boolean') return Object.freeze({ kind, default: from.expect('default', 'boolean'), about })
  if (kind === 'choice') return Object.freeze(choiceParam(from, about))
  throw new Wrong(`${from.path}.kind is ${shortValue(kind)}; allowed are "number", "boolean" and "choice"`)
}

function numberParam(from: Source, about: string): ParamSpec {
  const [preset, min, max] = [from.expect('default', 'number'), from.expect('min', 'number'), from.expect('max', 'number')]
  if (![preset, min, max].every(Number.isFinite) || min > max || preset < min || preset > max) throw new Wrong(`${from.path}: default ${preset} must lie in min ${min} .. max ${max}`)
  const step = from.get('step') === undefined ? undefined : from.expect('step', 'number')
  if (step !== undefined && !(step > 0)) throw new Wrong(`${from.path}.step is ${step}; it must be above 0`)
  const unit = optionalText(from, 'unit')
  return { kind: 'number', default: preset, min, max, ...(step === undefined ? {} : { step }), ...(unit === undefined ? {} : { unit }), about }
}

function choiceParam(from: Source, about: string): ParamSpec {
  const choices: unknown = from.get('choices')
  if (!Array.isArray(choices) || choices.length === 0 || choices.length > MAX_PARAMS) throw new Wrong(`${from.path}.choices must be an array of 1..${MAX_PARAMS} words`)
  const words = Array.from({ length: choices.length }, (_, index): unknown => Object.getOwnPropertyDescriptor(choices, String(index))?.value)
  if (!words.every((word): word is string => typeof word === 'string' && word.length <= MAX_NAME)) throw new Wrong(`${from.path}.choices must be an array of words`)
  const preset = from.expect('default', 'string')
  if (!words.includes(preset)) throw new Wrong(`${from.path}.default is ${shortValue(preset)}; it must be one of ${words.join(', ')}`)
  return { kind: 'choice', default: preset, choices: Object.freeze(words), about }
}

/** An object literal of the policy, read by own data properties. */
interface Source {
  readonly path: string
  keys(): readonly string[]
  get(key: string): unknown
  expect(key: string, type: 'number'): number
  expect(key: string, type: 'boolean'): boolean
  expect(key: string, type: 'string'): string
}

function plain(value: unknown, path: string, allowed: string): Source {
  if (!isPlainObject(value)) throw new Wrong(`${path} is ${shortValue(value)}; it must be ${allowed}`)
  const get = (key: string): unknown => {
    const descriptor = Object.getOwnPropertyDescriptor(value, key)
    if (descriptor && !('value' in descriptor)) throw new Wrong(`${path}.${key} is a getter; it must be a plain value`)
    return descriptor?.value
  }
  const expect = (key: string, type: string): never => {
    const found = get(key)
    if (typeof found !== type) throw new Wrong(`${path}.${key} is ${shortValue(found)}; it must be a ${type}`)
    return found as never
  }
  return { path, keys: () => Object.keys(value), get, expect }
}

function optionalFunction(from: Source, key: string): unknown {
  const found = from.get(key)
  if (found !== undefined && typeof found !== 'function') throw new Wrong(`${from.path === 'controller' ? 'controller.' : ''}${key} is ${shortValue(found)}; it must be a function`)
  return found
}

function optionalText(from: Source, key: string): string | undefined {
  const found = from.get(key)
  if (found === undefined) return undefined
  if (typeof found !== 'string') throw new Wrong(`${key} is ${shortValue(found)}; it must be text`)
  return found.slice(0, MAX_TEXT)
}

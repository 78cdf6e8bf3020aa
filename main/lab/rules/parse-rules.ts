/** Rules that people, files and the form give: checked, with every problem named by path, value and what is allowed, and completed with defaults. Never throws. */
import { z } from 'zod'
import type { Problem, Result, RuleSet, RulesCatalogue } from '../../../preload/contract'
import { jsonFault } from '../scenario/json-position'
import { complaint, didYouMean, dottedPath, showValue } from '../scenario/problems'
import { ACTIONS, actionOf } from './actions'
import { CONDITIONS, conditionOf } from './conditions'
import type { Values } from './conditions'
import { number, recordOf, schemaOf, text, unknownKeys } from './fields'
import { MOST_SCHEMES, SCHEME, WATCH } from './schemes'

const MOST_RULES = 16
const MOST_CONDITIONS = 8
const LONGEST = 64 * 1024
const LOOK_MS = number('lookMs', text('Looks at the machine every', '查看机器的间隔'), { min: 1, max: 60_000, step: 1, unit: 'ms', default: 100, fixed: true })

export function rulesCatalogue(): RulesCatalogue {
  return {
    conditions: CONDITIONS.map(({ id, label, about, fields, only }) => ({ id, label, about, fields, ...(only === undefined ? {} : { only }) })),
    actions: ACTIONS.map(({ id, label, about, fields }) => ({ id, label, about, fields })),
    scheme: SCHEME, watch: WATCH, lookMs: LOOK_MS, mostRules: MOST_RULES, mostConditions: MOST_CONDITIONS, mostSchemes: MOST_SCHEMES,
  }
}

type Tagged = z.ZodType<Values>

/** One of a few kinds, told apart by `tag`; an unknown one is named with the nearest. */
function oneOf(tag: string, kinds: readonly { readonly id: string; readonly fields: Parameters<typeof recordOf>[0] }[]): Tagged {
  const ids = kinds.map(({ id }) => id)
  const options = kinds.map(({ id, fields }) => recordOf(fields, [tag, id]))
  const error = (issue: { readonly input?: unknown }): string => {
    const given = typeof issue.input === 'object' && issue.input !== null ? (issue.input as Record<string, unknown>)[tag] : undefined
    return `an object with "${tag}", one of ${ids.map((id) => `"${id}"`).join(', ')}${typeof given === 'string' ? `.${didYouMean(given, ids)}` : ''}`
  }
  return z.discriminatedUnion(tag, options as unknown as [z.ZodObject], { error }) as unknown as Tagged
}

function list<T extends z.ZodType>(item: T, most: number, what: string): z.ZodType {
  const error = `a list of at most ${most} ${what}`
  return z.array(item, { error }).max(most, { error })
}

/** An object without other keys; unknown ones are named with the nearest known. */
function strict<S extends z.core.$ZodLooseShape>(parts: S, what: string): z.ZodType {
  const known = Object.keys(parts)
  return z.strictObject(parts, { error: (issue) => (issue.code === 'unrecognized_keys' ? unknownKeys(issue.keys as readonly string[], known) : what) })
}

const NAME = 'lower-case words joined by "-", at most 40 characters'
const rule = strict({ when: list(oneOf('if', CONDITIONS), MOST_CONDITIONS, 'conditions').default([]), then: oneOf('do', ACTIONS) }, 'a rule { "when": [conditions], "then": action }')
const shape = strict({
  format: z.literal(1, { error: '1' }).default(1),
  name: z.string({ error: NAME }).max(40, { error: NAME }).regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { error: NAME }).default('from-rules'),
  language: z.enum(['en', 'zh'], { error: '"en" or "zh", the language of the words in the code' }).optional(),
  describe: z.string({ error: 'a text of at most 300 characters, without control characters' }).regex(/^[^\p{Cc}\p{Cs}]{0,300}$/u, { error: 'a text of at most 300 characters, without control characters' }).default(''),
  lookMs: schemaOf(LOOK_MS),
  rules: list(rule, MOST_RULES, 'rules').default([]),
  watch: recordOf(WATCH).default(() => recordOf(WATCH).parse({})),
  schemes: list(recordOf(SCHEME), MOST_SCHEMES, 'schemes').default([]),
}, 'an object { "name", "rules", "schemes" }')

export function parseRules(given: unknown): Result<RuleSet> {
  const plain = plainCopy(given)
  if (plain === undefined) return refuse('rules', `must be plain data of at most ${LONGEST} characters as JSON`)
  const parsed = shape.safeParse(plain)
  if (!parsed.success) return { ok: false, problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, plain)) }
  const rules = parsed.data as RuleSet
  const wrong = [...rules.rules.flatMap(ruleProblems), ...rules.schemes.flatMap((scheme, i) => schemeProblems(scheme, `schemes[${i}]`)), ...timesProblems(rules)]
  return wrong.length > 0 ? { ok: false, problems: wrong } : { ok: true, value: rules }
}

/** The same from a file's text. */
export function parseRulesText(source: string, name: string): Result<RuleSet> {
  const bare = source.replace(/^\ufeff/, '')
  if (bare.length > LONGEST) return refuse(name, `has ${bare.length} characters; at most ${LONGEST} are read`)
  const fault = jsonFault(bare)
  if (fault === undefined) return parseRules(JSON.parse(bare))
  const line = bare.slice(0, fault.index).split('\n').length
  return { ok: false, problems: [{ path: `${name}:${line}`, line, message: `is not JSON: expected ${fault.expected}` }] }
}

/** Cycles, getters that throw and what JSON doesn't know end here. */
function plainCopy(given: unknown): unknown {
  try {
    const json = JSON.stringify(given) as string | undefined
    return json === undefined || json.length > LONGEST ? undefined : JSON.parse(json)
  } catch {
    return undefined
  }
}

function problemsOf(issue: z.core.$ZodIssue, input: unknown): readonly Problem[] {
  const at = (path: readonly PropertyKey[]): string => (path.length === 0 ? 'rules' : dottedPath(path))
  if (issue.code === 'unrecognized_keys') return issue.message.split('\n').map((message, i) => ({ path: at([...issue.path, issue.keys[i] ?? '']), message }))
  const value = issue.path.reduce<unknown>((inside, step) => (typeof inside === 'object' && inside !== null ? (inside as Record<PropertyKey, unknown>)[step] : undefined), input)
  // A union's issue stands at its tag; the message is about the whole.
  return [{ path: at(issue.path), message: complaint(value, issue.message) }]
}

function ruleProblems({ when, then }: RuleSet['rules'][number], i: number): readonly Problem[] {
  const action = actionOf(then)
  const path = `rules[${i}]`
  const misfits = when.flatMap((condition, n) => {
    const { id, only } = conditionOf(condition)
    return only === undefined || only.includes(action.id) ? [] : [{ path: `${path}.when[${n}].if`, message: `is "${id}"; it can't be told where "${action.id}" is decided, only for ${only.map((one) => `"${one}"`).join(', ')}` }]
  })
  const times = when.flatMap((condition, n) => (condition['if'] === 'time' && Number(condition['fromMs']) >= Number(condition['untilMs']) ? [{ path: `${path}.when[${n}].untilMs`, message: `is ${showValue(condition['untilMs'])}; must be after fromMs, ${showValue(condition['fromMs'])}` }] : []))
  const spared = action.id === 'oom' && !when.some((condition) => condition['if'] === 'task') ? [{ path: `${path}.when`, message: 'has no condition "task"; "oom" needs one, or nobody could be told from the others' }] : []
  return [...misfits, ...times, ...spared]
}

function schemeProblems(scheme: Values, path: string): readonly Problem[] {
  const order = (low: string, high: string): readonly Problem[] =>
    (Number(scheme[low]) > Number(scheme[high]) ? [{ path: `${path}.${high}`, message: `is ${showValue(scheme[high])}; must be at least ${low}, ${showValue(scheme[low])}` }] : [])
  return [...order('minPages', 'maxPages'), ...order('minAccesses', 'maxAccesses'), ...order('minLooks', 'maxLooks'), ...order('low', 'mid'), ...order('mid', 'high')]
}

/** One controller has one period. */
function timesProblems({ rules, schemes, watch, lookMs }: RuleSet): readonly Problem[] {
  if (schemes.length === 0 || rules.length === 0 || Number(watch['everyMs']) % lookMs === 0) return []
  return [{ path: 'watch.everyMs', message: `is ${showValue(watch['everyMs'])}; must be a multiple of lookMs, ${lookMs}` }]
}

function refuse(path: string, message: string): Result<never> {
  return { ok: false, problems: [{ path, message }] }
}

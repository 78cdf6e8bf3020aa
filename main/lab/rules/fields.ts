/** The fields that conditions, actions and schemes are made of, and the checks they give. One table makes the form, the validation and the code. */
import { z } from 'zod'
import type { RuleField, Text } from '../../../preload/contract'
import { didYouMean, showNumber } from '../scenario/problems'

type NumberField = RuleField & { readonly kind: 'number' }
type NumberParts = Pick<NumberField, 'min' | 'max' | 'unit' | 'default'> & Partial<Pick<NumberField, 'step' | 'fixed'>>

export function text(en: string, zh: string): Text {
  return { en, zh }
}

export function number(name: string, label: Text, parts: NumberParts): RuleField {
  return { kind: 'number', name, label, ...parts }
}

/** `[value, English, Chinese]` each; the first is the default. */
export function choice(name: string, label: Text, choices: readonly (readonly [string, string, string])[]): RuleField {
  return { kind: 'choice', name, label, choices: choices.map(([value, en, zh]) => ({ value, label: text(en, zh) })), default: choices[0][0] }
}

export function words(name: string, label: Text, pattern: string, what: string, standard: string): RuleField {
  return { kind: 'text', name, label, pattern, what, default: standard }
}

export const SIDE = choice('side', text('is', '比较'), [['below', 'below', '低于'], ['above', 'above', '高于']])
/** `>` or `<` of a condition with a side. */
export function sign(side: string | number): '<' | '>' {
  return side === 'below' ? '<' : '>'
}

export function percent(name: string, label: Text, standard: number, max = 100, parts: Partial<NumberParts> = {}): RuleField {
  return number(name, label, { min: 0, max, unit: '%', default: standard, ...parts })
}

export const TASK_NAME = String.raw`[^\p{Cc}\p{Cs}\u2028\u2029]{1,64}`
export const MEMCG_PATH = '[A-Za-z0-9_-]{1,64}(/[A-Za-z0-9_-]{1,64}){0,7}'

/** What a field takes, in zod; error texts complete the sentence "must be …". */
export function schemaOf(field: RuleField): z.ZodType<string | number> {
  if (field.kind === 'choice') {
    const error = `one of ${field.choices.map(({ value }) => `"${value}"`).join(', ')}`
    return z.enum(field.choices.map(({ value }) => value) as [string, ...string[]], { error }).default(field.default)
  }
  if (field.kind === 'text') return z.string({ error: field.what }).regex(new RegExp(`^(?:${field.pattern})$`, 'u'), { error: field.what }).default(field.default)
  const error = `a ${field.step === 1 ? 'whole ' : ''}number from ${showNumber(field.min)} to ${showNumber(field.max)}${field.unit === '' ? '' : ` (${field.unit})`}`
  const any = z.number({ error }).min(field.min, { error }).max(field.max, { error })
  return (field.step === 1 ? any.int({ error }) : any).default(field.default)
}

/** An object of these fields, and `tag` that names its kind where it has one. Unknown keys are named with the nearest known. */
export function recordOf(fields: readonly RuleField[], tag?: readonly [string, string]): z.ZodType<Readonly<Record<string, string | number>>> {
  const known = [...(tag === undefined ? [] : [tag[0]]), ...fields.map(({ name }) => name)]
  const shape = { ...(tag === undefined ? {} : { [tag[0]]: z.literal(tag[1]) }), ...Object.fromEntries(fields.map((field) => [field.name, schemaOf(field)])) }
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? unknownKeys(issue.keys as readonly string[], known) : 'an object'),
  })
}

/** One line a key. */
export function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  return keys.map((key) => `is not known here.${didYouMean(key, known)} Known: ${known.join(', ')}`).join('\n')
}

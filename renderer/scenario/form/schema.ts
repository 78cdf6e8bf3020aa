/** Reads the scenario's JSON schema, the one that validates, for a form: which choices a value has, which variant of a union it is, what an empty one looks like. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema | boolean
  readonly prefixItems?: readonly Schema[]
  readonly minItems?: number
  readonly maxItems?: number
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly description?: string
}

export type Path = readonly (string | number)[]

/** `machine.zones[1].managed`, as problems name it. */
export function pathText(path: Path): string {
  return path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('')
}

/** The same schema with what it says of its members in other words. */
export function inWords<T>(schema: T, say: (text: string) => string): T {
  if (Array.isArray(schema)) return schema.map((one: unknown) => inWords(one, say)) as T
  if (!isRecord(schema)) return schema
  return Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, name === 'description' && typeof value === 'string' ? say(value) : inWords(value, say)])) as T
}

/** The few values this can have, or nothing where it is free. */
export function choicesOf(schema: Schema): readonly unknown[] | undefined {
  if (schema.enum) return schema.enum
  if ('const' in schema) return [schema.const]
  const consts = (schema.anyOf ?? schema.oneOf)?.map((one) => one.const)
  if (consts && consts.length > 0 && consts.every((one) => one !== undefined)) return consts
  const words = /^\^\((\w[\w|-]*)\)\$$/.exec(schema.pattern ?? '')
  return words ? words[1].split('|') : undefined
}

/** A union of objects that a member with fixed values tells apart: `op` of phases, `kind` of swap areas. */
export interface Union { readonly tag: string; readonly variants: readonly { readonly name: string; readonly schema: Schema }[] }

export function unionOf(schema: Schema): Union | undefined {
  const all = schema.oneOf ?? schema.anyOf
  const first = all?.[0]?.properties
  const tag = first && Object.keys(first).find((key) => all.every((one) => choicesOf(one.properties?.[key] ?? {}) !== undefined && one.required?.includes(key)))
  if (!all || tag === undefined) return undefined
  return { tag, variants: all.flatMap((one) => (choicesOf(one.properties?.[tag] ?? {}) ?? []).map((name) => ({ name: String(name), schema: one }))) }
}

/** The variant that a value is: by its tag, else the one whose members it has. */
export function variantOf(schema: Schema, value: unknown): Schema {
  const union = unionOf(schema)
  if (union) {
    const name = isRecord(value) ? value[union.tag] : undefined
    return (union.variants.find((one) => one.name === name) ?? union.variants[0])?.schema ?? schema
  }
  const all = schema.oneOf ?? schema.anyOf
  if (!all) return schema
  return all.find((one) => fits(one, value)) ?? all[0] ?? schema
}

/** Of several kinds that a leaf may have, the one that this value is, else the first. */
function typeOf({ type }: Schema, value?: unknown): string | undefined {
  return typeof type === 'object' ? type.find((one) => one === typeof value) ?? type[0] : type
}

function fits(schema: Schema, value: unknown): boolean {
  if (isRecord(value)) return schema.properties !== undefined && Object.keys(value).every((key) => Object.hasOwn(schema.properties ?? {}, key))
  if (Array.isArray(value)) return schema.type === 'array'
  const type = typeOf(schema, value)
  return type === typeof value || (type === 'integer' && typeof value === 'number')
}

const WORDS: Readonly<Record<string, string>> = { r: 'heap', name: 'new', path: '/new' }

/** The least that the schema takes; names are words a person will change. `name` is the member it stands under. */
export function blank(schema: Schema, name = ''): unknown {
  const choices = choicesOf(schema)
  if (choices) return choices[0]
  const one = variantOf(schema, undefined)
  if (one.properties) return Object.fromEntries((one.required ?? []).map((key) => [key, blank(one.properties?.[key] ?? {}, key)]))
  if (one.prefixItems) return one.prefixItems.map((item) => blank(item))
  if (one.type === 'array') return Array.from({ length: one.minItems ?? 0 }, () => blank(itemsOf(one)))
  if (typeOf(one) === 'integer' || typeOf(one) === 'number') return Math.max(one.minimum ?? 0, 0)
  if (one.type === 'object') return {}
  return WORDS[name] ?? ''
}

export function itemsOf({ items }: Schema): Schema {
  return typeof items === 'object' ? items : {}
}

/** A copy with one value changed; `undefined` takes a member away. */
export function setAt(value: unknown, path: Path, next: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined) return next
  if (Array.isArray(value)) return value.map((item: unknown, i) => (i === step ? setAt(item, rest, next) : item))
  const record = isRecord(value) ? value : {}
  const changed = setAt(record[step], rest, next)
  if (changed !== undefined) return { ...record, [step]: changed }
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== step))
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

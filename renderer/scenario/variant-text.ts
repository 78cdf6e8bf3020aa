/** What a variant sets, as one line of words: `vm.swappiness=10 kernel=linux-6.1`. */
import type { Problem, Result, Variant } from '../../preload/contract'
import type { Messages } from '../i18n'

/** Of a variant's name. */
export const LONGEST_LABEL = 60

/** A variant as typed. A preset's may replace parts of the machine, which only its preset can say. */
export interface VariantChoice {
  readonly label: string
  readonly text: string
  readonly machine?: Variant['machine']
}

export function variantChoice({ label, kernel, set = {}, machine, policies }: Variant): VariantChoice {
  const words = [...(kernel === undefined ? [] : [`kernel=${kernel}`]), ...(policies === undefined ? [] : [`policies=${policies.join(',')}`]), ...Object.entries(set).map(([name, value]) => `${name}=${String(value)}`)]
  return { label, text: words.join(' '), ...(machine === undefined ? {} : { machine }) }
}

export function readVariant({ label, text, machine }: VariantChoice, m: Messages): Result<Variant> {
  const set: Record<string, string> = {}
  const problems: Problem[] = []
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const at = word.indexOf('=')
    if (at < 1 || at === word.length - 1) problems.push({ path: label, message: m.variantWord(word) })
    else set[word.slice(0, at)] = word.slice(at + 1)
  }
  if (problems.length > 0) return { ok: false, problems }
  const { kernel, policies, ...rest } = set
  return { ok: true, value: { label, set: rest, ...(kernel === undefined ? {} : { kernel }), ...(policies === undefined ? {} : { policies: policies.split(',') }), ...(machine === undefined ? {} : { machine }) } }
}

/** What was set everywhere, as one variant named by what it sets: `swappiness 10, dirty_ratio 5`. */
export function sysctlsAsVariant(sysctls: readonly { readonly name: string; readonly text: string }[], others: readonly VariantChoice[]): VariantChoice {
  const values = sysctls.map(({ name, text }) => ({ name, text: text.trim().split(/[\s,]+/).join(',') }))
  const wanted = values.map(({ name, text }) => `${name.replace(/^\w+\./, '')} ${text}`).join(', ')
  const own = wanted.length > LONGEST_LABEL - 4 ? `${wanted.slice(0, LONGEST_LABEL - 5)}…` : wanted
  const taken = new Set(others.map(({ label }) => label))
  let label = own
  for (let number = 2; taken.has(label); number++) label = `${own} ${number}`
  return { label, text: values.map(({ name, text }) => `${name}=${text}`).join(' ') }
}

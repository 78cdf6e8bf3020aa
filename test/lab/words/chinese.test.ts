/** Chinese is there for every text that the lab ships in English: policies, sysctls, the scenario's schema, presets, metrics, charts, terms. Nothing else is in the tables. */
import { expect, test } from 'vitest'
import type { KernelDefinition } from 'reclaim-lab'
import { CHARTS } from '../../../main/engine'
import { listSources } from '../../../main/compile/sources'
import { metricInfos } from '../../../main/lab/describe'
import { PRESETS } from '../../../main/lab/presets'
import { scenarioJsonSchema } from '../../../main/lab/scenario-schema'
import { TERMS } from '../../../main/lab/terms'
import { POLICIES_ZH } from '../../../main/lab/words/policies-zh'
import { SCHEMA_ZH } from '../../../main/lab/words/schema-zh'
import { SYSCTLS_ZH } from '../../../main/lab/words/sysctls-zh'

interface Described { readonly describe?: string; readonly params?: Readonly<Record<string, { readonly about: string }>> }

async function all<T>(folder: string): Promise<readonly T[]> {
  return Promise.all(listSources(folder).map(async (path) => (await import(`../../../${path}`) as { readonly default: T }).default))
}

function sayings(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) => (key === 'description' && typeof member === 'string' ? [member] : sayings(member)))
}

/** Every text is in the table, every text of the table is used, and each is Chinese. */
function complete(table: Readonly<Record<string, string>>, texts: readonly string[]): void {
  const wanted = new Set(texts.filter((text) => text !== ''))
  expect([...wanted].filter((text) => !Object.hasOwn(table, text)), 'has no Chinese').toEqual([])
  expect(Object.keys(table).filter((text) => !wanted.has(text)), 'is said nowhere any more').toEqual([])
  // A name alone (`memory.swap.high. cgroup v2.`) is the same but for its full stops.
  expect(Object.entries(table).filter(([en, zh]) => zh === en || !/[\p{Script=Han}。]/u.test(zh))).toEqual([])
}

test('policies and their parameters', async () => {
  const policies = await all<Described>('plugins/policies')
  expect(policies.length).toBeGreaterThan(15)
  complete(POLICIES_ZH, policies.flatMap(({ describe, params }) => [describe ?? '', ...Object.values(params ?? {}).map(({ about }) => about)]))
})

test('sysctls of every kernel', async () => {
  const kernels = await all<KernelDefinition>('plugins/kernels')
  expect(kernels).toHaveLength(3)
  complete(SYSCTLS_ZH, kernels.flatMap((kernel) => Object.values(kernel.sysctls).map(({ about }) => about)))
})

test('members of a scenario', () => {
  complete(SCHEMA_ZH, sayings(scenarioJsonSchema()))
})

test('what has both languages beside each other has Chinese in the Chinese one', () => {
  const texts = [
    ...PRESETS.flatMap(({ title, about }) => [title, about]), ...metricInfos().flatMap(({ label, about }) => [label, about]), ...CHARTS.flatMap(({ title, lines }) => [title, ...lines.map(({ label }) => label)]), ...TERMS.map(({ about }) => about),
  ]
  // Kernel words (`zram`, `PSI some`, `shrinker`) are the same in both, but for capitals and colons.
  const plain = (text: string): string => text.replace(/：\s*/g, ': ').toLowerCase()
  expect(texts.filter(({ en, zh }) => zh === '' || (!/\p{Script=Han}/u.test(zh) && !(zh.length < 40 && plain(en).startsWith(plain(zh)))))).toEqual([])
})

/** The form's reading of the schema that validates: it knows every value of every preset, and what it adds is of the right shape. */
import { expect, test } from 'vitest'
import linux61 from '../../../plugins/kernels/linux-6.1'
import { PRESETS } from '../../../main/lab/presets'
import { parseScenario, scenarioJsonSchema } from '../../../main/lab/scenario-schema'
import type { Phase } from '../../../preload/contract'
import { blank, choicesOf, isRecord, itemsOf, pathText, setAt, unionOf, variantOf } from '../../../renderer/scenario/form/schema'
import type { Path, Schema } from '../../../renderer/scenario/form/schema'
import { endOf, measuredBlocks, statedBlocks } from '../../../renderer/scenario/form/phase-times'

const SCHEMA = scenarioJsonSchema() as Schema

function unknownIn(schema: Schema, value: unknown, path: Path): readonly string[] {
  const choices = choicesOf(schema)
  if (choices) return choices.includes(value) ? [] : [`${pathText(path)} is ${String(value)}`]
  const one = variantOf(schema, value)
  if (Array.isArray(value)) return value.flatMap((item: unknown, i) => unknownIn(one.prefixItems?.[i] ?? itemsOf(one), item, [...path, i]))
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([key, member]) => {
    const next = one.properties?.[key] ?? (typeof one.additionalProperties === 'object' ? one.additionalProperties : undefined)
    return next === undefined ? [`${pathText([...path, key])} has no schema`] : unknownIn(next, member, [...path, key])
  })
}

test('every value of every preset has its place in the form', () => {
  expect(PRESETS.flatMap((preset) => unknownIn(SCHEMA, preset.scenario, []).map((fault) => `${preset.id}: ${fault}`))).toEqual([])
})

const phaseSchema = itemsOf(itemsOf(SCHEMA.properties?.['processes'] ?? {}).properties?.['phases'] ?? {})

test('a phase is told by its op, a swap area by its kind, a choice by its words', () => {
  expect(unionOf(phaseSchema)?.tag).toBe('op')
  expect(unionOf(phaseSchema)?.variants.map((variant) => variant.name)).toEqual(expect.arrayContaining(['map', 'open', 'mmapf', 'fread', 'fwrite', 'touch', 'exit']))
  expect(unionOf(itemsOf(SCHEMA.properties?.['machine']?.properties?.['swap'] ?? {}))?.tag).toBe('kind')
  expect(choicesOf(SCHEMA.properties?.['machine']?.properties?.['profile'] ?? {})).toEqual(['emulated-1ghz', 'server', 'phone'])
  expect(Object.keys(variantOf(phaseSchema, { op: 'fwrite' }).properties ?? {})).toContain('rate')
})

test('what the form adds has the right shape: only what it refers to may be missing', () => {
  const { scenario } = PRESETS[0]
  for (const { name, schema } of unionOf(phaseSchema)?.variants ?? []) {
    const added = { ...(blank(schema) as Phase), op: name } as Phase
    const [first, ...rest] = scenario.processes
    const checked = parseScenario({ ...scenario, processes: [{ ...first, phases: [added, ...first.phases] }, ...rest] }, linux61.sysctls)
    const complaints = checked.ok ? [] : checked.problems.map((problem) => problem.message)
    // A region, file, tree, disk, group, wait or list that isn't there; never "must be one of the known members".
    expect([name, complaints.filter((message) => !/region|"files"|"trees"|disk|cgroup|memcg|signal|sysctl|name|path|list|never reached|lock|holds/.test(message))]).toEqual([name, []])
  }
})

test('one value is changed and nothing else; undefined takes it away', () => {
  const before = { a: [{ b: 1 }, { b: 2 }], c: { d: 3 } }
  expect(setAt(before, ['a', 1, 'b'], 9)).toEqual({ a: [{ b: 1 }, { b: 9 }], c: { d: 3 } })
  expect(setAt(before, ['c', 'd'], undefined)).toEqual({ a: before.a, c: {} })
  expect(before.a[1].b).toBe(2)
  expect(pathText(['machine', 'zones', 1, 'managed'])).toBe('machine.zones[1].managed')
})

test('phases stand where they say, or where the last run had them', () => {
  const phases: readonly Phase[] = [
    { op: 'map', r: 'heap', pages: 10 }, { op: 'touch', r: 'heap', rw: 'w', pat: 'seq', start: 0, len: 10, count: 100, rate: 50 }, { op: 'sleep', ms: 500 }, { op: 'at', ms: 5000 },
    { op: 'touch', r: 'heap', rw: 'w', pat: 'seq', start: 0, len: 10, count: 100, rate: 0 }, { op: 'touch', r: 'heap', rw: 'r', pat: 'rand', start: 0, len: 10, count: 1e9, rate: 10, dur: 300 },
  ]
  const blocks = statedBlocks(phases, 10_000)
  expect(blocks.map(({ from, to, open }) => [from / 1e6, to / 1e6, open])).toEqual([[0, 0, false], [0, 2000, false], [2000, 2500, false], [2500, 5000, false], [5000, 5400, true], [5400, 5700, false]])
  expect(endOf([blocks], PRESETS[0].scenario)).toBe(5.7e9)
  expect(measuredBlocks(phases, { name: 'x', end: 'exited', phases: [{ phase: 1, op: 'touch', startNs: 5, endNs: 9, touches: 1, minflt: 0, majflt: 0, errors: 0 }] })).toMatchObject([{ index: 1, from: 5, to: 9, open: false }])
})

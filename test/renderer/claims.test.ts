/** Every claim of the table is there, its evidence exists and holds: by the preset's own test, or there is a place to read. Verdicts name kernels there are, and both languages say something. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createContent } from '../../main/lab/default-content'
import { CLAIMS } from '../../renderer/claims/claims'

const content = createContent()
const ROOT = new URL('../../', import.meta.url)

/** Which test holds a preset to what its claims say of it: file, and how the test's name, or the row of a table, begins. One for each preset that is evidence. */
const HELD: Readonly<Record<string, readonly (readonly [file: string, name: string])[]>> = {
  'seed-000-raise-min-free': [['lab/presets-outcome', 'seed 000, raised'], ['lab/presets-claims', 'claims 2, 6 and 13'], ['lab/proc/lab-proc', 'zoneinfo before and after the write']],
  'seed-000-no-zone-dma': [['lab/presets-seeds', 'seed 000 without ZONE_DMA']],
  'kswapd-vs-direct': [['lab/presets-claims', 'claim 5'], ['lab/presets-claims', 'claim 18'], ['lab/presets-claims', 'claims 25 and 29']],
  'fragmented-hugetlb': [['lab/presets-claims', 'claim 7']],
  'swap-kinds': [['lab/presets-swap-kinds', 'IO: none with zram alone']],
  'clean-dirty-swap': [['lab/presets-seed-001-002', 'claim 10'], ['lab/presets-seed-001-002', 'clean pages are freed at once']],
  'anon-file-three-to-seven': [['lab/presets-seed-001-002', 'claim 11, 3:7: no anon at all']],
  'marks-and-dirty': [['lab/presets-seed-001-002', 'claim 12']],
  'hung-task': [['lab/presets-stalls', 'hung-task: the four who wait']],
  'kernels-near': [['lab/presets-kernels', 'zone_reclaim_mode'], ['engine/mm/zone-reclaim', 'either limit exceeded is enough']],
  'kernels-zones': [['lab/presets-kernels', 'kswapd balanced']],
  'thirty-two-pages': [['lab/presets-seed-001-002', 'claim 17']],
  'who-writes-back': [['lab/presets-seed-001-002', 'claims 10 and 17']],
  'kernels-dirty': [['lab/presets-kernels', 'reclaim wakes flushers'], ['lab/presets-kernels', 'congested']],
  'kernels-blocks': [['lab/presets-kernels', 'watermark boost'], ['lab/presets-kernels', 'kcompactd'], ['lab/proc/format', 'marks are printed with the boost in them']],
  'lru-batches': [['lab/presets-seed-001-002', 'question 5']],
  'swap-entry': [['lab/presets-seed-001-002', 'question 6']],
  'anon-and-tmpfs': [['lab/presets-seed-001-002', 'question 7']],
  'many-reclaimers': [['lab/presets-stalls', 'many-reclaimers: the guards hold']],
  'hysteresis-of-2-3': [['lab/presets-claims', 'claim 30']],
  'kernels-extra-free': [['lab/presets-claims', 'claim 31']],
  'hot-pages-reread': [['lab/presets-seed-001-002', 'hot pages under pressure']],
  'min-free-too-high': [['lab/presets-stalls', 'min-free-too-high: everybody is killed']],
}

function heldIn(text: string, name: string): boolean {
  return text.includes(`test('${name}`) || text.includes(`topic: '${name}', preset:`)
}

test('all 31 claims of the table, the one of three parts in three', () => {
  const rows = CLAIMS.flatMap(({ row }) => row ?? [])
  expect([...new Set(rows)].sort((a, b) => a - b)).toEqual(Array.from({ length: 31 }, (_, i) => i + 1))
  expect(rows).toHaveLength(33)
  const articleOf = (row: number): string => (row <= 6 ? '000' : row <= 14 ? '001' : row <= 24 ? '002' : row <= 28 ? '003' : '004')
  for (const { row, article } of CLAIMS) if (row !== undefined) expect(`${row}: ${article}`).toBe(`${row}: ${articleOf(row)}`)
})

test('verdicts name kernels there are; both languages say something', () => {
  for (const { says, why, verdict, kernels, evidence } of CLAIMS) {
    expect(kernels === undefined).toBe(verdict !== 'true-in')
    for (const kernel of kernels ?? []) expect(content.kernels.map(({ info }) => info.name)).toContain(kernel)
    for (const text of [says, why, evidence.look]) expect([text.en, text.en.endsWith('.'), /[\u4e00-\u9fff]/.test(text.zh)]).toEqual([text.en, true, true])
  }
})

test('every button\'s preset exists, and a test of its outcome holds it to the direction', () => {
  const shown = new Set<string>()
  for (const { evidence } of CLAIMS) {
    if (!('preset' in evidence)) continue
    shown.add(evidence.preset)
    expect(content.presets.map(({ id }) => id)).toContain(evidence.preset)
  }
  expect([...shown].sort()).toEqual(Object.keys(HELD).sort())
  for (const [file, name] of Object.values(HELD).flat()) expect(heldIn(readFileSync(new URL(`test/${file}.test.ts`, ROOT), 'utf8'), name), `${file}: ${name}`).toBe(true)
})

test('what no run can show names a file of the source that is there, or a command', () => {
  const places = CLAIMS.flatMap(({ evidence }) => ('place' in evidence ? [evidence.place] : []))
  expect(places).toHaveLength(3)
  for (const place of places) expect(place.startsWith('lab ') || existsSync(new URL(place, ROOT)), place).toBe(true)
})

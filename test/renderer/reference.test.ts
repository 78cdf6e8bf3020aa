/** The reference as it is searched, and the edits a snippet needs. */
import { HOOKS, NOTIFICATIONS } from 'reclaim-lab'
import { expect, test, vi } from 'vitest'
import { apiGuide } from '../../main/compile/guide'
import { hookAt } from '../../renderer/editor/hook-places'
import { neededEdits } from '../../renderer/editor/insert-snippet'
import { guideEn } from '../../renderer/i18n/guide-en'
import { guideZh } from '../../renderer/i18n/guide-zh'
import { entriesOf, matching } from '../../renderer/reference/search'

vi.mock('../../renderer/app/lab-client', () => ({ lab: {} }))

const guide = apiGuide()
const entries = entriesOf(guide, guideEn, 'en')
const found = (asked: string): readonly string[] => matching(entries, asked).map(({ id }) => id)

test('every hook, notification and type is an entry once; hooks come first', () => {
  const hooks = Object.keys({ ...HOOKS, ...NOTIFICATIONS })
  expect(entries.slice(0, hooks.length).map(({ id }) => id)).toEqual(hooks)
  expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length)
  const types = guide.sections.flatMap(({ types: some }) => some.map(({ name }) => name)).filter((name) => name !== 'Hooks' && name !== 'Notifications')
  expect(types.filter((name) => !entries.some(({ id }) => id === name))).toEqual([])
})

test('it is found by the kernel\'s function, an argument, words of either language; all of them must be there', () => {
  expect(found('get_scan_count')).toEqual(['scanBalance'])
  expect(found('noProgressLoops')).toEqual(['directReclaimStart', 'reclaimRetry', 'ReclaimRetryArgs', 'DirectReclaimStartArgs'])
  expect(found('writeMemcg')).toEqual(['ControllerContext'])
  expect(found('优先级 力度')).toEqual(['reclaimContinue'])
  expect([found('get_scan_count oom'), found('  ').length]).toEqual([[], entries.length])
  expect(entriesOf(guide, guideZh, 'zh')[0].about).toBe('自动计算的 vm.min_free_kbytes。')
})

test('a snippet brings the comma and the names that are missing, and nothing that is there', () => {
  const at = { line: 9, column: 5 }
  const place = { place: 'hooks', at, present: [], comma: { line: 8, column: 20 }, imports: { names: ['definePolicy', 'SCAN_EVICT'], end: { line: 1, column: 36 } } } as const
  const snippet = { label: 'x', place: 'hooks', about: { en: '', zh: '' }, insert: '', names: [], imports: ['SCAN_EVICT', 'SCAN_ROTATE'] } as const
  const edits = (...args: Parameters<typeof neededEdits>): readonly unknown[] => neededEdits(...args).map(({ range, text }) => [range.startLineNumber, range.startColumn, text])
  expect(edits(place, snippet)).toEqual([[8, 20, ','], [1, 36, ', SCAN_ROTATE']])
  expect(edits({ place: 'hooks', at, present: [] }, snippet)).toEqual([[1, 1, 'import { SCAN_EVICT, SCAN_ROTATE } from \'reclaim-lab\'\n']])
  expect(edits({ place: 'hooks', at, present: [] }, { ...snippet, imports: undefined })).toEqual([])
})

test('the hook under the cursor: its name first, else the code it stands in', () => {
  const places = [{ hook: 'kswapdTarget', use: 'declared', line: 3, column: 3, endColumn: 15, endLine: 6 }, { hook: 'kswapdWake', use: 'asked', line: 4, column: 10, endColumn: 20 }] as const
  expect([hookAt(places, 4, 12)?.hook, hookAt(places, 4, 2)?.hook, hookAt(places, 6, 1)?.hook, hookAt(places, 7, 1)]).toEqual(['kswapdWake', 'kswapdTarget', 'kswapdTarget', undefined])
})

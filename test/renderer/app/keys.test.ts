/** Keys as people name them, commands found by a few letters, charts in the order that was chosen. */
import { beforeEach, expect, test, vi } from 'vitest'
import { score, fuzzy } from '../../../renderer/app/fuzzy'
import { COMMAND_IDS, DEFAULT_KEYS, FIXED_KEYS, FIXED_PLACES, bindKeys, commandFor, isRebound, keyName, keysOf, placeOf, takenBy } from '../../../renderer/app/keys'
import { setSetting } from '../../../renderer/app/settings'
import { arranged, chartsOfPinned, isOfPinned, zoneOf } from '../../../renderer/charts/chart-choice'
import { en } from '../../../renderer/i18n/en'
import { zh } from '../../../renderer/i18n/zh'

vi.mock('../../../renderer/app/lab-client', () => ({ lab: { saveSetting: async () => undefined, loadSettings: async () => ({}) }, inBackground: () => undefined, onLab: () => () => undefined }))
vi.mock('../../../renderer/app/debounce', () => ({ createDebounce: () => ({ call: () => undefined, cancel: () => undefined }) }))

const press = (key: string, held: Partial<{ ctrlKey: boolean; metaKey: boolean; altKey: boolean; shiftKey: boolean; code: string }> = {}): Parameters<typeof keyName>[0] => ({ key, code: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held })

beforeEach(() => { for (const id of COMMAND_IDS) bindKeys(id, undefined) })

test('combinations have one name each; modifiers alone have none', () => {
  expect([keyName(press('Enter', { ctrlKey: true })), keyName(press('s', { metaKey: true })), keyName(press('¡', { altKey: true, code: 'Digit1' })), keyName(press('?', { shiftKey: true })), keyName(press('W', { shiftKey: true })), keyName(press('ArrowLeft'))])
    .toEqual(['Ctrl+Enter', 'Ctrl+S', 'Alt+1', '?', 'Shift+W', 'ArrowLeft'])
  for (const key of ['Control', 'Shift', 'Alt', 'Meta', 'Dead', 'Process']) expect(keyName(press(key))).toBeUndefined()
})

test('no two commands of a place share keys by default, and each has words in both languages', () => {
  for (const id of COMMAND_IDS) for (const key of DEFAULT_KEYS[id]) expect([key, takenBy(key, id)]).toEqual([key, undefined])
  expect(Object.keys(en.commands).sort()).toEqual([...COMMAND_IDS].sort())
  expect(Object.keys(zh.commands).sort()).toEqual([...COMMAND_IDS].sort())
})

test('keys that were changed give the command, the old ones no more; damaged settings give the defaults', () => {
  expect(commandFor(press('k', { ctrlKey: true }), 'anywhere')).toBe('palette')
  bindKeys('palette', ['Ctrl+P'])
  expect([commandFor(press('k', { ctrlKey: true }), 'anywhere'), commandFor(press('p', { ctrlKey: true }), 'anywhere'), isRebound('palette')]).toEqual([undefined, 'palette', true])
  expect(takenBy('Ctrl+P', 'run')).toBe('palette')
  bindKeys('palette', [])
  expect([keysOf('palette'), commandFor(press('p', { ctrlKey: true }), 'anywhere')]).toEqual([[], undefined])
  setSetting('keys.palette', '{"not": "a list"}')
  expect(keysOf('palette')).toEqual(DEFAULT_KEYS.palette)
  // Keys of charts are none of the window's, where a letter is text.
  expect([commandFor(press('w'), 'charts'), commandFor(press('w'), 'anywhere'), placeOf('zoomIn')]).toEqual(['zoomIn', undefined, 'charts'])
})

test('a few letters in order find; what begins a word or stands together comes first', () => {
  const names = ['Go to editor', 'Export a report', 'Run the comparison', 'Show all of the run']
  expect(fuzzy('run', names, (name) => name).slice(0, 2)).toEqual(['Run the comparison', 'Show all of the run'])
  expect(fuzzy('gte', names, (name) => name)[0]).toBe('Go to editor')
  expect(fuzzy('', names, (name) => name)).toEqual(names)
  expect([score('xyz', 'run'), fuzzy('比较', ['运行比较', '保存'], (name) => name)]).toEqual([0, ['运行比较']])
})

test('pinned charts stand first in their own order, hidden zones nowhere', () => {
  const chart = (id: string): Parameters<typeof zoneOf>[0] => ({ id, title: { en: id, zh: id }, unit: 'pages', lines: [] })
  const charts = ['zone-free.0.DMA32', 'zone-free.0.DMA', 'lru', 'swap'].map(chart)
  expect(arranged(charts, ['swap', 'lru', 'gone'], ['0.DMA']).map((one) => one.id)).toEqual(['swap', 'lru', 'zone-free.0.DMA32'])
  expect(arranged(charts, ['zone-free.0.DMA'], ['0.DMA']).map((one) => one.id)).toEqual(['zone-free.0.DMA32', 'lru', 'swap'])
  expect([zoneOf(charts[0]), zoneOf(charts[2])]).toEqual(['0.DMA32', undefined])
})

test('pinned series stand in a chart a unit, of whichever chart has them; what no run has is left out', () => {
  const chart = (id: string, unit: string, series: readonly string[]): Parameters<typeof zoneOf>[0] => ({ id, title: { en: id, zh: `${id}中` }, unit, lines: series.map((one) => ({ series: one, label: { en: one, zh: one }, style: 'stack' })) })
  const pinned = chartsOfPinned([chart('lru', 'pages', ['anon', 'file']), chart('swap', '/s', ['in']), chart('again', 'pages', ['anon'])], ['in', 'file', 'gone', 'anon'], { en: 'Pinned', zh: '固定' })
  expect(pinned.map(({ unit, lines }) => [unit, lines.map(({ label, style }) => `${label.zh} ${style}`)])).toEqual([['/s', ['swap中：in line']], ['pages', ['lru中：file line', 'lru中：anon line']]])
  expect(pinned.every(isOfPinned)).toBe(true)
  expect(chartsOfPinned([], ['anon'], { en: '', zh: '' })).toEqual([])
})

test('keys that are fixed have words in both languages, and none is a key of the whole window that can be changed', () => {
  const ids = FIXED_PLACES.flatMap((place) => Object.keys(FIXED_KEYS[place]))
  expect(new Set(ids).size).toBe(ids.length)
  for (const { fixed, fixedPlaces } of [en.keys, zh.keys]) {
    expect(Object.keys(fixed).sort()).toEqual([...ids].sort())
    expect(Object.keys(fixedPlaces).sort()).toEqual([...FIXED_PLACES].sort())
  }
  const anywhere = COMMAND_IDS.filter((id) => placeOf(id) === 'anywhere').flatMap((id): readonly string[] => DEFAULT_KEYS[id])
  expect(FIXED_PLACES.flatMap((place) => Object.values(FIXED_KEYS[place]).flat()).filter((key) => anywhere.includes(key))).toEqual([])
})

/** Words and numbers: both languages complete, numbers as each writes them, terms found where they stand, colours readable. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { chooseLanguage } from '../../renderer/i18n/choose'
import { en } from '../../renderer/i18n/en'
import { zh } from '../../renderer/i18n/zh'
import { language } from '../../renderer/i18n/language'
import { axisNumber, compact, duration, eta, number, pagesAsBytes, percent, signed, spread } from '../../renderer/ui/format'
import { splitText } from '../../renderer/ui/term-text'

test('Chinese has every message, in Chinese unless it is a name or a sign', () => {
  const same = Object.entries(en).filter(([key, value]) => typeof value === 'string' && /[a-z]{3}/.test(value) && zh[key as keyof typeof zh] === value).map(([key]) => key)
  expect(same).toEqual([])
  expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort())
  expect(Object.keys(zh.eventKinds)).toEqual(Object.keys(en.eventKinds))
})

test('messages with numbers read well', () => {
  expect([en.runsDone(1, 1), en.runsDone(3, 9), zh.runsDone(3, 9)]).toEqual(['1 of 1 run', '3 of 9 runs', '已完成 3 / 9 次运行'])
  expect(en.sysctlRange(900, 0, 200)).toBe('900 is outside 0…200.')
  expect(en.ends('stuck')).toBe('stuck')
  expect(zh.ends('something new')).toBe('something new')
})

test('the saved language goes before the browser\'s', () => {
  expect([chooseLanguage(undefined, 'zh-TW'), chooseLanguage(undefined, 'de'), chooseLanguage('en', 'zh-CN'), chooseLanguage('xx', 'zh')]).toEqual(['zh', 'en', 'en', 'zh'])
})

test('numbers have separators and no noise', () => {
  language.set('en')
  expect([number(758_226), number(0.123456), number(12.345), number(NaN), signed(-5), signed(1200), signed(0)]).toEqual(['758,226', '0.123', '12.3', '–', '−5', '+1,200', '0'])
  expect([percent(0.125), percent(-0.9), percent(1.253), percent(0.00001), percent(0), percent(0.5, false)]).toEqual(['+12.5 %', '−90 %', '+125 %', '≈ 0 %', '0 %', '50 %'])
  expect([duration(0), duration(950), duration(1500), duration(39_100), duration(2.5e6), duration(30.64e9)]).toEqual(['0 s', '950 ns', '1.5 µs', '39.1 µs', '2.5 ms', '30.6 s'])
  expect([pagesAsBytes(1), pagesAsBytes(3840), pagesAsBytes(758_592)]).toEqual(['4 KiB', '15 MiB', '2.89 GiB'])
  expect([compact(999), compact(12_500), compact(3_400_000)]).toEqual(['999', '12.5K', '3.4M'])
  expect([eta(400), eta(61_000), eta(420_000)]).toEqual(['1 s', '61 s', '7 min'])
})

test('a spread has one place more than its number, and none where that is zero', () => {
  language.set('en')
  expect([spread(0.0000849, 0.142), spread(0.0461, 24.9), spread(4.93, 164.5), spread(0.0477, 30_641.2), spread(0.3, 12), spread(418, 24_915)]).toEqual(['±0.0001', '±0.05', '±4.9', '', '±0.3', '±418'])
})

const TERMS = ['kswapd', 'low', 'swap', 'direct reclaim'].map((term) => ({ term, about: { en: term, zh: term } }))

test('terms are found as whole words, the longest first, each once; names in backticks stay', () => {
  const found = (text: string): readonly string[] => splitText(text, TERMS).filter((part) => part.term).map((part) => part.text)
  expect(found('kswapd: low hit quickly, below slow; kswapd again')).toEqual(['kswapd', 'low'])
  expect(found('Direct reclaim stalls')).toEqual(['Direct reclaim'])
  expect(found('开着swap，让kswapd更早开始')).toEqual(['swap', 'kswapd'])
  expect(splitText('`kswapd-early` wakes kswapd', TERMS).map((part) => [part.text, part.code ?? false])).toEqual([['kswapd-early', true], [' wakes ', false], ['kswapd', false]])
  expect(splitText('a kswapd b', TERMS).map((part) => part.text).join('')).toBe('a kswapd b')
})

/** `--name: #rrggbb` of the light block and of the dark one. */
function palettes(): readonly Readonly<Record<string, string>>[] {
  const css = readFileSync(new URL('../../renderer/ui/base.css', import.meta.url), 'utf8')
  const dark = css.indexOf('@media (prefers-color-scheme: dark)')
  const read = (text: string): Readonly<Record<string, string>> => Object.fromEntries([...text.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map((match) => [match[1], match[2]]))
  return [read(css.slice(0, dark)), read(css.slice(dark))]
}

function contrast(a: string, b: string): number {
  const light = (hex: string): number => {
    const [r, g, blue] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as [number, number, number]
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue
  }
  const [high, low] = [light(a), light(b)].sort((x, y) => y - x) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

test('text reaches 4.5:1 on every ground it stands on, lines of charts and controls 3:1, light and dark', () => {
  const poor: string[] = []
  const check = (palette: Readonly<Record<string, string>>, front: string, back: string, least: number): void => {
    const ratio = contrast(palette[front] as string, palette[back] as string)
    if (!(ratio >= least)) poor.push(`${front} on ${back}: ${ratio.toFixed(2)}`)
  }
  for (const palette of palettes()) {
    for (const ground of ['pane', 'raised', 'ground', 'hover', 'accent-soft']) check(palette, 'text', ground, 4.5)
    for (const ground of ['pane', 'raised', 'hover']) check(palette, 'muted', ground, 4.5)
    for (const front of ['accent', 'good', 'bad', 'warn']) check(palette, front, 'pane', 4.5)
    check(palette, 'accent-text', 'accent', 4.5)
    check(palette, 'bad', 'bad-soft', 4.5)
    check(palette, 'warn', 'warn-soft', 4.5)
    // Words on the blocks of the timeline.
    for (const ground of ['series-0', 'series-1', 'series-2', 'series-3', 'muted']) check(palette, 'pane', ground, 4.5)
    check(palette, 'text', 'line', 4.5)
    check(palette, 'text', 'accent-soft', 4.5)
    for (const line of [...Object.keys(palette).filter((name) => /^(series|machine|mark)-/.test(name)), 'control']) check(palette, line, 'pane', 3)
  }
  expect(poor).toEqual([])
})

test('ticks of an axis differ however far from 0 it lies', () => {
  const ticks = (least: number, most: number): readonly string[] => [0, 1, 2, 3, 4].map((i) => axisNumber(least, most)(least + ((most - least) * i) / 4))
  for (const [least, most] of [[24_616, 24_634], [24_630.2, 24_630.6], [0, 8000], [13_500, 14_700], [0.001, 0.0012], [-5, 5]] as const) expect(new Set(ticks(least, most)).size, `${least} to ${most}`).toBe(5)
  expect(ticks(0, 8000)).toEqual(['0', '2K', '4K', '6K', '8K'])
  expect(axisNumber(3, 3)(3)).toBe('3')
})

import { expect, test } from 'vitest'
import { nearest, suggestion } from '../../main/lab/nearest'

test.each([
  ['swapiness', 'swappiness'], ['swappienss', 'swappiness'], ['SWAPPINESS', 'swappiness'], ['water', 'watermark-early'], ['thrahs', 'thrash'], ['zzz', undefined], ['', undefined],
])('%s -> %s', (wanted, found) => {
  expect(nearest(wanted, ['swappiness', 'watermark-early', 'thrash'])).toBe(found)
})

test('without a near one the known names are listed, not endlessly', () => {
  expect(suggestion('zzzzzz', ['a', 'b'])).toBe(' There are a, b.')
  expect(suggestion('zzzzzz', [])).toBe('')
  expect(suggestion('zzzzzz', Array.from({ length: 20 }, (_, i) => `name${i}`))).toContain('and 8 more')
})

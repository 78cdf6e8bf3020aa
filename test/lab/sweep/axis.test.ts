import { expect, test } from 'vitest'
import { readAxis } from '../../../main/lab/sweep/axis'

test.each([
  ['vm.swappiness=0..200:50', [0, 50, 100, 150, 200]],
  ['vm.swappiness=10..35:10', [10, 20, 30]],
  ['p.x=0..1:0.1', [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]],
  ['vm.min_free_kbytes=1000..16000*2', [1000, 2000, 4000, 8000, 16_000]],
  ['a=1..10*1.5', [1, 2, 3, 5, 8]],
  ['a = 3, 1,2', [3, 1, 2]],
  ['a=7', [7]],
  ['a=-5..5:5', [-5, 0, 5]],
])('%s', (text, values) => {
  expect(readAxis(text)).toEqual({ ok: true, value: { name: text.split('=')[0].trim(), values } })
})

test.each([
  ['vm.swappiness', 'must be name=first..last:step'],
  ['=1,2', 'must be name=first..last:step'],
  ['a=', 'must be name=first..last:step'],
  ['a=1..x:2', 'must be name=first..last:step'],
  ['a=5..1:1', 'needs a step above 0'],
  ['a=1..5:0', 'needs a step above 0'],
  ['a=0..5*2', 'needs a factor above 1'],
  ['a=1..5*1', 'needs a factor above 1'],
  ['a=1,2,1', 'has the value 1 twice'],
  ['a=0..5000:1', 'has 5001 values; at most 1000'],
  ['a=1..999999999999999*1.0001', 'has more than 1000 values'],
])('%s is refused', (text, message) => {
  const read = readAxis(text)
  expect(read.ok ? '' : `${read.problems[0].path} ${read.problems[0].message}`).toContain(message)
})

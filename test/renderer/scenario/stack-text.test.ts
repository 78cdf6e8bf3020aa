/** Words and controls of a variant's policies stay in step, and mean to the lab what they show. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readPlace } from '../../../main/runner/policy-place'
import { everywhere, readStack, withStack, writeUse } from '../../../renderer/scenario/stack-text'

const digits = fc.oneof(fc.constant(''), fc.integer({ min: 0, max: 999_999_999 }).map(String))
const use = fc.record({
  name: fc.stringMatching(/^[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,4})?$/), from: digits, until: digits,
  node: fc.oneof(fc.constant(''), fc.integer({ min: 0, max: 63 }).map(String)), memcg: fc.oneof(fc.constant(''), fc.stringMatching(/^[A-Za-z0-9_-]{1,8}(\/[A-Za-z0-9_-]{1,8})?$/)),
})
const word = fc.stringMatching(/^(vm\.[a-z_]{1,9}|kernel|x\.policies)=[a-z0-9.,@]{1,9}$/)

test('what controls write they read again, whatever stands beside it, and other words stay', () => {
  fc.assert(fc.property(fc.array(use, { maxLength: 5 }), fc.array(use, { maxLength: 3 }), fc.array(word, { maxLength: 3 }), (stack, before, words) => {
    const text = withStack(words.join(' '), before)
    expect(readStack(text)).toEqual(before)
    const changed = withStack(text, stack)
    expect(readStack(changed)).toEqual(stack)
    expect(changed.split(' ').filter((one) => one !== '' && !one.startsWith('policies='))).toEqual(words)
    expect(withStack(changed, stack)).toBe(changed)
  }))
})

test('the lab reads the place as the controls show it', () => {
  fc.assert(fc.property(use, (one) => {
    const place = readPlace(writeUse(one).split('@').slice(1).join('@'))
    const [from, until] = [one.from === '' ? undefined : Number(one.from) * 1e6, one.until === '' ? undefined : Number(one.until) * 1e6]
    if ((from ?? 0) >= (until ?? Infinity)) {
      expect(place).toMatch(/ends before it begins/)
      return
    }
    const scope = { ...(one.node === '' ? {} : { node: Number(one.node) }), ...(one.memcg === '' ? {} : { memcg: one.memcg }) }
    expect(place).toEqual({ ...(from === undefined ? {} : { fromNs: from }), ...(until === undefined ? {} : { untilNs: until }), ...(Object.keys(scope).length === 0 ? {} : { scope }) })
  }))
})

test('words in another order are the same stack; words without a control stay words', () => {
  expect(readStack('policies=lfu@memcg:a/b@1000..@node:1,fifo vm.swappiness=1')).toEqual([{ name: 'lfu', from: '1000', until: '', node: '1', memcg: 'a/b' }, everywhere('fifo')])
  for (const odd of ['policies=', 'policies=lfu,', 'policies=lfu@soon', 'policies=lfu@node:x', 'policies=lfu@1..2@3..4', 'policies=a policies=b']) expect(readStack(odd)).toBeUndefined()
  expect(readStack('vm.swappiness=1')).toEqual([])
  expect(withStack('vm.swappiness=1', [everywhere('lfu')])).toBe('policies=lfu vm.swappiness=1')
  expect(withStack('policies=lfu vm.swappiness=1', [])).toBe('vm.swappiness=1')
})

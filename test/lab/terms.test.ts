import { expect, test } from 'vitest'
import { TERMS } from '../../main/lab/terms'

test('every term is there once, in both languages', () => {
  expect(new Set(TERMS.map((one) => one.term)).size).toBe(TERMS.length)
  for (const { term, about } of TERMS) {
    expect(about.en, term).toMatch(/\w.*\.$/)
    expect(about.zh, term).toMatch(/[\u4e00-\u9fff].*。$/)
  }
})

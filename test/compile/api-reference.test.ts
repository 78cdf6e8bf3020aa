/** The reference of the policy API is what its comments give, and leaves nothing out. */
import { readFileSync } from 'node:fs'
import { HOOKS, NOTIFICATIONS } from 'reclaim-lab'
import { expect, test } from 'vitest'
import { apiReference } from '../../main/compile/api-reference'

const text = apiReference()

test('plugins/api/REFERENCE.md is up to date (npm run docs:api)', () => {
  expect(readFileSync(new URL('../../plugins/api/REFERENCE.md', import.meta.url), 'utf8')).toBe(text)
})

test('every hook and notification is in it with when, what it binds and the kernel\'s function', () => {
  for (const hook of Object.keys(HOOKS)) {
    const entry = new RegExp(`^- \`${hook}\\(.*\\n  (.*)$`, 'm').exec(text)?.[1] ?? ''
    expect(entry, hook).toMatch(/When: .*Binds: /)
    expect(entry, hook).toMatch(/Kernel: [\w/-]+\.c:\w+/)
  }
  for (const name of Object.keys(NOTIFICATIONS)) expect(text).toMatch(new RegExp(`^- \`${name}\\(`, 'm'))
})

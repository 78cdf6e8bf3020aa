import { expect, test } from 'vitest'
import { CODE_LIFE_MS, createSessions } from '../../main/hosts/sessions'

test('a code buys one secret, once', () => {
  const sessions = createSessions(() => 0)
  const code = sessions.issueCode()
  const secret = sessions.exchange(code)
  expect(secret).toMatch(/^[\w-]{43}$/)
  expect(sessions.isSecret(secret ?? '')).toBe(true)
  expect(sessions.exchange(code)).toBeUndefined()
})

test('a code is good for 60 s and not a moment longer', () => {
  let now = 1_000
  const sessions = createSessions(() => now)
  const [early, late] = [sessions.issueCode(), sessions.issueCode()]
  now += CODE_LIFE_MS - 1
  expect(sessions.exchange(early)).toBeDefined()
  now += 1
  expect(sessions.exchange(late)).toBeUndefined()
  expect(CODE_LIFE_MS).toBe(60_000)
})

test('codes and secrets are long, different, and not each other', () => {
  const sessions = createSessions(() => 0)
  const codes = new Set(Array.from({ length: 100 }, () => sessions.issueCode()))
  expect(codes.size).toBe(100)
  for (const code of codes) expect(code).toMatch(/^[\w-]{22}$/)
  const [code] = codes
  const secret = sessions.exchange(code) ?? ''
  expect(sessions.isSecret(code)).toBe(false)
  expect(sessions.exchange(secret)).toBeUndefined()
  for (const bad of ['', secret.slice(1), `${secret}x`, secret.toLowerCase()]) expect(sessions.isSecret(bad)).toBe(false)
})

test('a secret of one lab is nothing to another', () => {
  const [one, other] = [createSessions(() => 0), createSessions(() => 0)]
  expect(other.isSecret(one.exchange(one.issueCode()) ?? '')).toBe(false)
  expect(other.exchange(one.issueCode())).toBeUndefined()
})

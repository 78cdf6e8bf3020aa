/**
 * Who may talk to the loopback host. A bootstrap code is good once and for 60 s; it buys a session's secret, which is good as long as the host lives. Both are random
 * (128 and 256 bits), so guessing is no plan; comparing goes through hashes of equal length, so timing tells nothing.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

export const CODE_LIFE_MS = 60_000

export interface Sessions {
  /** A new code; earlier unused ones stay good until they run out. */
  issueCode(): string
  /** The secret of a new session, or undefined for a code that is unknown, used or too old. */
  exchange(code: string): string | undefined
  isSecret(secret: string): boolean
}

/** `now` is a monotonic clock in ms. */
export function createSessions(now: () => number): Sessions {
  const codes = new Map<string, number>()
  const secrets: Buffer[] = []
  return {
    issueCode() {
      const code = randomBytes(16).toString('base64url')
      codes.set(hash(code).toString('hex'), now() + CODE_LIFE_MS)
      return code
    },
    exchange(code) {
      const key = hash(code).toString('hex')
      const until = codes.get(key)
      codes.delete(key)
      if (until === undefined || now() >= until) return undefined
      const secret = randomBytes(32).toString('base64url')
      secrets.push(hash(secret))
      return secret
    },
    isSecret(secret) {
      const given = hash(secret)
      return secrets.some((known) => timingSafeEqual(known, given))
    },
  }
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

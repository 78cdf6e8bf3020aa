/**
 * Asserts for bugs: what they state can't fail unless the program is wrong, and the reason says why. Failures that a person can cause are values, with a message.
 */

export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

export function assert(cond: unknown, reason: string): asserts cond {
  if (!cond) throw new AssertionError(reason)
}

// A policy may catch one: it must not find a class there that it can change for others.
Object.freeze(AssertionError.prototype)
Object.freeze(AssertionError)

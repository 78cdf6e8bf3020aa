/**
 * Asserts for bugs: what they state can't fail unless the program is wrong, and the reason says why. Failures that a person can cause are `Result`s.
 */

export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

export function assert(cond: unknown, reason: string): asserts cond {
  if (!cond) throw new AssertionError(reason)
}

/** For the last branch of a switch over a union: fails to compile when a case is missing. */
export function unreachable(x: never, reason: string): never {
  throw new AssertionError(`${reason} (got ${String(x)})`)
}

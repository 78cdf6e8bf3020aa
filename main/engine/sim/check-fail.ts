/** How the invariant checks say what is wrong. The text is only built when something is. */
import { AssertionError } from '../core/assert'

export function fail(reason: string): never {
  throw new AssertionError(reason)
}

/** `what` must not be expensive: it is built for every comparison. */
export function same(actual: number, claimed: number, what: string): void {
  if (actual !== claimed) fail(`${what}: ${actual} found, ${claimed} counted`)
}

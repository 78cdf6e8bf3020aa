/** A policy used its context wrongly. */
import { printable } from './printable'

const MAX_TEXT = 300

/** What was wrong, kept where the policy can't reach it: it gets a frozen error of the language, and may catch that or not. */
export class PolicyMisuse {
  readonly message: string
  readonly value: string
  readonly allowed: string
  readonly error: Error
  constructor(message: string, value: string, allowed: string) {
    this.message = printable(message, MAX_TEXT)
    this.value = printable(value, MAX_TEXT)
    this.allowed = allowed
    this.error = Object.freeze(new RangeError(this.message))
  }
}

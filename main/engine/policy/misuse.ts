/** A policy used its context wrongly. */

/** Thrown by context functions for misuse; names what was wrong. */
export class PolicyMisuse extends Error {
  readonly value: string
  readonly allowed: string
  constructor(message: string, value: string, allowed: string) {
    super(message)
    this.value = value
    this.allowed = allowed
  }
}

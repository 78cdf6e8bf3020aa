/**
 * Locks this thread's realm down (SES): every built-in frozen, code-making and clocks tamed. Once per runner thread, after all host modules are loaded and before any
 * policy is. Host code goes on working; the engine keeps its state in typed arrays and its own objects.
 */
// This order matters.
import './mute-functions'
import 'ses'
import { types } from 'node:util'

let stackGetter: ((this: unknown) => unknown) | undefined
let locked = false

export function lockdownRealm(): void {
  if (locked) return
  locked = true
  // The one synchronous way to a promise, and with it to code that runs outside the meter.
  delete (Array as { fromAsync?: unknown }).fromAsync
  lockdown({ errorTaming: 'safe', stackFiltering: 'verbose', consoleTaming: 'unsafe', errorTrapping: 'none', unhandledRejectionTrapping: 'none', reporting: 'none', evalTaming: 'safe-eval' })
  stackGetter = Object.getOwnPropertyDescriptor(new Error('probe'), 'stack')?.get
}

/** The stack of an error as the realm recorded it; guests always read ''. Runs none of their code: an error whose `stack` was replaced has none. */
export function stackOf(error: unknown): string {
  if (!types.isNativeError(error)) return ''
  const own = Object.getOwnPropertyDescriptor(error, 'stack')
  if (own === undefined || (own.get !== undefined && own.get !== stackGetter)) return ''
  const { getStackString } = globalThis as { readonly getStackString?: (error: Error) => string }
  return getStackString?.(error) ?? ''
}

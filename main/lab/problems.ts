/** Small helpers for answers that say what was wrong with what a person gave. */
import type { Problem, Result } from '../../preload/contract'

export type Failure = { readonly ok: false; readonly problems: readonly Problem[] }

export function fail(path: string, message: string): Failure {
  return { ok: false, problems: [{ path, message }] }
}

export function done<T>(value: T): Result<T> {
  return { ok: true, value }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** A failure of the lab's own machinery still reaches the person as a message. */
export async function guarded<T>(path: string, work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work()
  } catch (error) {
    return fail(path, `the lab could not do this: ${messageOf(error)}`)
  }
}

/** A value as a person would recognise it, short. */
export function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** Values loaded once per key and kept while they are useful (details of finished runs, slices of series); the least recently asked go first. */
import { useEffect, useSyncExternalStore } from 'react'
import type { Problem, Result } from '../../preload/contract'
import { inBackground } from './lab-client'

export type Loaded<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly problems: readonly Problem[] }

export interface Resource<T> {
  use(key: string | undefined): Loaded<T> | undefined
}

export function createResource<T>(load: (key: string) => Promise<Result<T>>, keep: number): Resource<T> {
  const entries = new Map<string, Loaded<T>>()
  const listeners = new Set<() => void>()
  const put = (key: string, value: Loaded<T>): void => {
    entries.delete(key)
    entries.set(key, value)
    while (entries.size > keep) entries.delete(entries.keys().next().value as string)
    for (const listener of [...listeners]) listener()
  }
  const ask = (key: string): void => {
    if (entries.has(key)) return
    put(key, { state: 'loading' })
    inBackground(async () => {
      const answer = await load(key)
      put(key, answer.ok ? { state: 'ready', value: answer.value } : { state: 'failed', problems: answer.problems })
    })
  }
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return {
    use(key) {
      const value = useSyncExternalStore(subscribe, () => (key === undefined ? undefined : entries.get(key)))
      useEffect(() => { if (key !== undefined) ask(key) }, [key])
      return value
    },
  }
}

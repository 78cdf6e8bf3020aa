/** Settings of the window, kept by the lab as text: panes, language, toggles. Read once at the start, saved when they rest. */
import { createDebounce } from './debounce'
import type { Debounced } from './debounce'
import { inBackground, lab } from './lab-client'
import { createStore, usePart } from './store'

const values = createStore<Readonly<Record<string, string>>>({})
const savers = new Map<string, Debounced>()

export async function loadSettings(): Promise<void> {
  values.set(await lab.loadSettings())
}

export function setting(key: string): string | undefined {
  return values.get()[key]
}

export function setSetting(key: string, value: string): void {
  if (values.get()[key] === value) return
  values.update((now) => ({ ...now, [key]: value }))
  let saver = savers.get(key)
  if (!saver) savers.set(key, saver = createDebounce(300, `setting ${key}`))
  saver.call(() => inBackground(() => lab.saveSetting(key, value)))
}

export function useSetting(key: string): string | undefined {
  return usePart(values, (all) => all[key])
}

/** A switch that is remembered. */
export function useFlag(key: string, initial: boolean): readonly [boolean, (on: boolean) => void] {
  const value = useSetting(key)
  return [value === undefined ? initial : value === 'on', (on) => setSetting(key, on ? 'on' : 'off')]
}

export function flag(key: string, initial: boolean): boolean {
  const value = setting(key)
  return value === undefined ? initial : value === 'on'
}

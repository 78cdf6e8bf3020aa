/** Which recordings the next sweep keeps. Not remembered: keeping is asked for each time. */
import { createStore } from '../app/store'
import { setup } from './setup-store'

export const KEPT = ['none', 'failed', 'seed', 'all'] as const
export type Kept = typeof KEPT[number]

export const sweepRecordings = createStore<{ readonly kept: Kept; readonly seed: number }>({ kept: 'none', seed: 1 })

/** As the lab and the terminal read it. */
export function recordingRule(): string {
  const { kept, seed } = sweepRecordings.get()
  return kept === 'seed' ? `seed=${Math.min(seed, setup.get().seeds)}` : kept
}

export function axesOf(text: string): readonly string[] {
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '')
}

/** Which comparison is on screen and which setup it was asked with. Kept over a reload of the tab, since the lab keeps results until it ends; told apart from a setup that changed since. */
import { scenarioDocument } from '../scenario/scenario-document'
import type { Setup } from '../scenario/setup-store'

export interface LastComparison {
  readonly id: string
  readonly asked: string
}

const KEY = 'reclaim-lab.comparison'

/** All of the setup that decides what runs; the policies' own texts aside, which their tabs mark. */
export function setupKey(now: Setup): string {
  const params = Object.entries(now.params).filter(([key]) => now.policies.some((policy) => key.startsWith(`${policy}.`))).sort()
  const text = now.scenario.kind === 'custom' ? scenarioDocument.get()?.text : undefined
  return JSON.stringify([now.scenario, text, now.base, now.policies, now.variants, now.seeds, now.sysctls, params])
}

export function keepLast(last: LastComparison): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(last))
  } catch {
    // Storage is full or off: only a reload loses anything.
  }
}

export function readLast(): LastComparison | undefined {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null')
    return isLast(kept) ? kept : undefined
  } catch {
    return undefined
  }
}

function isLast(value: unknown): value is LastComparison {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string' && 'asked' in value && typeof value.asked === 'string'
}

/** Where hooks stand in a text, asked of the lab once per text. */
import type { HookPlace } from '../../preload/contract'
import { lab } from '../app/lab-client'

const KEPT = 8
const known = new Map<string, Promise<readonly HookPlace[]>>()

export function placesIn(text: string): Promise<readonly HookPlace[]> {
  const there = known.get(text)
  if (there) return there
  const asked = lab.hookPlaces(text)
  known.set(text, asked)
  asked.catch(() => known.delete(text))
  if (known.size > KEPT) known.delete(known.keys().next().value as string)
  return asked
}

/** The hook that is named at a place, or whose code it is in. */
export function hookAt(places: readonly HookPlace[], line: number, column: number): HookPlace | undefined {
  return places.find((place) => place.line === line && column >= place.column && column <= place.endColumn)
    ?? places.filter((place) => place.endLine !== undefined && place.line <= line && line <= place.endLine).at(-1)
}

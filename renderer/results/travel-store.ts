/** Where somebody else in the window asks to travel to: from a difference, from an event. The travel section follows. */
import type { TravelQuery } from '../../preload/contract'
import { createStore } from '../app/store'
import { setSetting } from '../app/settings'

export interface Stop { readonly run: string; readonly query: TravelQuery }

export interface Visit { readonly a: Stop; readonly b?: Stop }

/** A new object is a new wish. */
export const visit = createStore<Visit | undefined>(undefined)

export function travelTo(wish: Visit): void {
  setSetting('section.travel', 'on')
  visit.set(wish)
}

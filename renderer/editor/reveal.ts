/** "Show me this line": opens a policy and puts the cursor there. */
import { createStore } from '../app/store'
import { openPolicy } from './files'
import { showPane } from '../app/panes'

export interface LineRequest { readonly policy?: string; readonly document?: string; readonly line: number; readonly column: number; readonly asked: number }

export const lineRequest = createStore<LineRequest | undefined>(undefined)
let asked = 0

export function revealLine(policy: string | undefined, line: number, column: number): void {
  showPane('editor')
  if (policy !== undefined) openPolicy(policy)
  lineRequest.set({ policy, line, column, asked: ++asked })
}

/** The same of a document that is open, or about to be, by its key. */
export function revealIn(document: string, line: number, column: number): void {
  lineRequest.set({ document, line, column, asked: ++asked })
}

/** A folio's facts as hooks get them: the `FOLIO_*` bits of the policy API, from page flags and whether it is dirty anywhere. */
import { FOLIO_DIRTY, FOLIO_EXEC, FOLIO_FILE, FOLIO_REFERENCED, FOLIO_SWAPBACKED, FOLIO_WORKINGSET } from 'reclaim-lab'
import { PG_DIRTY, PG_EXEC, PG_REFERENCED, PG_SWAPBACKED, PG_WORKINGSET } from './page'

/** `dirtyPte` is 1 if a page table entry of the folio is dirty. */
export function folioFacts(flags: number, dirtyPte: number): number {
  let facts = (flags & PG_SWAPBACKED) !== 0 ? FOLIO_SWAPBACKED : FOLIO_FILE
  if ((flags & PG_EXEC) !== 0) facts |= FOLIO_EXEC
  if ((flags & PG_REFERENCED) !== 0) facts |= FOLIO_REFERENCED
  if ((flags & PG_DIRTY) !== 0 || dirtyPte !== 0) facts |= FOLIO_DIRTY
  if ((flags & PG_WORKINGSET) !== 0) facts |= FOLIO_WORKINGSET
  return facts
}

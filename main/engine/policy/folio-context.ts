/** `k.folios`: what a policy may ask about a folio. */
import type { Folio, Folios } from 'reclaim-lab'
import { folioFacts } from '../mm/folio-facts'
import type { Mm } from '../mm/mm'
import { PG_ACTIVE, folioNrPages, isAnonFolio } from '../mm/page'
import { folioPteDirty, folioReferenced } from '../mm/rmap'

/** Areas and files are told apart by a bit below the page's number in them. */
const KEY_STRIDE = 1_073_741_824
const KEY_KINDS = 2

export function createFolios(machine: () => Mm | undefined): Folios {
  /** Looks a folio up and answers `gone` if it is none. */
  const of = <T>(gone: T, look: (mm: Mm, pfn: number) => T) => (folio: Folio): T => {
    const mm = machine()
    const pfn = mm?.folioWatch?.frameOf(folio) ?? -1
    return mm === undefined || pfn < 0 ? gone : look(mm, pfn)
  }
  return {
    facts: of(-1, (mm, pfn) => folioFacts(mm.frames.flags[pfn], folioPteDirty(mm, pfn))),
    pages: of(0, (mm, pfn) => folioNrPages(mm.frames.flags[pfn])),
    isActive: of(false, (mm, pfn) => (mm.frames.flags[pfn] & PG_ACTIVE) !== 0),
    accesses: of(0, takeAccesses),
    young: of(0, folioReferenced),
    key: of(-1, (mm, pfn) => (mm.frames.mapping[pfn] * KEY_KINDS + (isAnonFolio(mm.frames.flags[pfn]) ? 1 : 0)) * KEY_STRIDE + mm.frames.index[pfn]),
    count: () => lruPages(machine()),
  }
}

function takeAccesses(mm: Mm, pfn: number): number {
  const accesses = mm.folioWatch?.accesses[pfn] ?? 0
  if (mm.folioWatch !== undefined) mm.folioWatch.accesses[pfn] = 0
  return accesses
}

function lruPages(mm: Mm | undefined): number {
  let pages = 0
  for (const { stat } of mm?.nodes ?? []) pages += stat.nr_inactive_anon + stat.nr_active_anon + stat.nr_inactive_file + stat.nr_active_file
  return pages
}

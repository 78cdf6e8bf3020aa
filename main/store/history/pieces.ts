/** Cuts a recording into pieces that are copied from thread to thread in about a millisecond each, and puts them together again. */
import type { Recording, RunEvent, Series } from '../../engine'
import type { Piece } from './protocol'

const EVENTS = 300
const COLUMN_BYTES = 512 * 1024

export function* piecesOf(recording: Recording): Generator<Piece> {
  const { events, series, policySeries, ...rest } = recording
  yield { kind: 'rest', rest: { ...rest, series: shape(series), policySeries: shape(policySeries) } }
  yield* columnPieces('series', series)
  yield* columnPieces('policySeries', policySeries)
  for (let at = 0; at < events.length; at += EVENTS) yield { kind: 'events', events: events.slice(at, at + EVENTS) }
}

/** Takes pieces in their order. */
export class Assembly {
  #rest: object | undefined
  readonly #columns = { series: [] as Float64Array[], policySeries: [] as Float64Array[] }
  readonly #events: RunEvent[] = []

  take(piece: Piece): void {
    if (piece.kind === 'rest') this.#rest = piece.rest
    else if (piece.kind === 'columns') this.#columns[piece.of].push(...piece.columns)
    else this.#events.push(...piece.events as readonly RunEvent[])
  }

  finish(): Recording {
    if (this.#rest === undefined) throw new Error('a recording came without its first piece')
    const rest = this.#rest as { readonly series: Shape; readonly policySeries: Shape }
    const recording = { ...rest, events: this.#events, series: whole(rest.series, this.#columns.series), policySeries: whole(rest.policySeries, this.#columns.policySeries) }
    return recording as unknown as Recording
  }
}

interface Shape { readonly ids: readonly string[] }

function shape({ ids }: Series): Shape {
  return { ids }
}

/** The first column is the times. */
function whole({ ids }: Shape, [times, ...columns]: readonly Float64Array[]): Series {
  return { times, ids, columns }
}

function* columnPieces(of: 'series' | 'policySeries', { times, columns }: Series): Generator<Piece> {
  const all = [times, ...columns]
  const each = Math.max(1, Math.floor(COLUMN_BYTES / Math.max(8, times.byteLength)))
  for (let at = 0; at < all.length; at += each) yield { kind: 'columns', of, columns: all.slice(at, at + each) }
}

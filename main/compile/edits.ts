/**
 * Edits of a source text that keep its lines: blanking (characters become spaces), overwriting in place, and insertions within a line. Remembers how far each
 * insertion moved what follows, so that a column of the result can be told in the source.
 */

/** Per line (1-based), pairs of [column in the result (1-based) after which things moved, characters moved]. */
export type ColumnMap = Readonly<Record<number, readonly (readonly [number, number])[]>>

interface Insertion { readonly at: number; readonly rank: number; readonly text: string }

const CLOSES = 0
const OPENS = 1

export interface EditedText { readonly text: string; readonly columns: ColumnMap }

export class Edits {
  private readonly chars: string[]
  private readonly insertions: Insertion[] = []
  readonly source: string

  constructor(source: string) {
    this.source = source
    this.chars = source.split('')
  }

  /** Turns [from, to) into spaces; line ends stay. */
  blank(from: number, to: number): void {
    for (let i = from; i < to; i++) if (!isLineEnd(this.source.charCodeAt(i))) this.chars[i] = ' '
  }

  /** Puts `text` over the characters at `at`; must fit on its line. */
  overwrite(at: number, text: string): void {
    for (let i = 0; i < text.length; i++) this.chars[at + i] = text[i] ?? ' '
  }

  /** Before what starts at `at`. Register outer constructs first. */
  open(at: number, text: string): void {
    this.insertions.push({ at, rank: OPENS, text })
  }

  /** After what ends at `at`. Register inner constructs first. */
  close(at: number, text: string): void {
    this.insertions.push({ at, rank: CLOSES, text })
  }

  /** The text as blanked and overwritten so far, without insertions. */
  current(): string {
    return this.chars.join('')
  }

  apply(): EditedText {
    const ordered = this.insertions.map((insertion, index) => ({ ...insertion, index })).sort((a, b) => a.at - b.at || a.rank - b.rank || a.index - b.index)
    const columns: Record<number, [number, number][]> = {}
    const out: string[] = []
    let line = 1
    let column = 1
    let done = 0
    const copyTo = (end: number): void => {
      for (; done < end; done++) {
        const char = this.chars[done] ?? ''
        out.push(char)
        if (startsLine(this.source, done)) { line++; column = 1 } else column++
      }
    }
    for (const { at, text } of ordered) {
      copyTo(at)
      out.push(text)
      column += text.length
      ;(columns[line] ??= []).push([column, text.length])
    }
    copyTo(this.chars.length)
    return { text: out.join(''), columns }
  }
}

/** The column of the source for a column of the result. */
export function sourceColumn(columns: ColumnMap, line: number, column: number): number {
  let moved = 0
  for (const [after, by] of columns[line] ?? []) {
    if (column >= after) moved += by
    else { moved = Math.min(moved + Math.max(0, column - (after - by)), moved + by); break }
  }
  return Math.max(1, column - moved)
}

function isLineEnd(code: number): boolean {
  return code === 10 || code === 13 || code === 0x2028 || code === 0x2029
}

/** Is the character at `index` the end of a line (CRLF counts once)? */
function startsLine(source: string, index: number): boolean {
  const code = source.charCodeAt(index)
  return isLineEnd(code) && !(code === 13 && source.charCodeAt(index + 1) === 10)
}

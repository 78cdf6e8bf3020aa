/**
 * Pasted text as lines: byte order marks, CRLF, full-width punctuation and digits made plain; shell prompts split it into sections, so that a whole terminal
 * session (`$ cat /proc/sys/vm/min_free_kbytes`, its answer, `$ grep … /proc/zoneinfo`, its answer) can be given as it is.
 */
import type { Problem } from '../../../preload/contract'

export interface Line {
  /** From 1. */
  readonly number: number
  /** As given, for messages. */
  readonly raw: string
  /** Made plain and trimmed. */
  readonly text: string
}

export interface Section {
  /** What stood after the prompt; absent for what comes before the first. */
  readonly command?: string
  readonly lines: readonly Line[]
}

export type FileKind = 'zoneinfo' | 'meminfo' | 'vmstat' | 'buddyinfo' | 'swaps' | 'sysctl' | 'other'

const MAX_CHARS = 32 * 2 ** 20
const PROMPT = /^[^$#>]{0,80}[$#>]\s*(.*)$/
const FENCE = /^(```|~~~)/

/** Collects what can't be read, with its line; a hundred at most. */
export class LineProblems {
  readonly problems: Problem[] = []
  private more = 0
  readonly file: string

  constructor(file: string) {
    this.file = file
  }

  add(line: Line, message: string): void {
    if (this.problems.length >= 100) this.more++
    else this.problems.push({ path: `${this.file}:${line.number}`, message: `${quote(line)} ${message}`, line: line.number })
  }

  whole(message: string): void {
    this.problems.push({ path: this.file, message })
  }

  list(): readonly Problem[] {
    return this.more === 0 ? this.problems : [...this.problems, { path: this.file, message: `${this.more} more lines can't be read` }]
  }
}

/** The line as given, in quotes, shortened. */
function quote(line: Line): string {
  const text = line.raw.trimEnd()
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 99)}…` : text)
}

/** Why a text can't be a /proc file at all, or undefined. */
export function notText(text: string): string | undefined {
  if (text.trim() === '') return 'is empty'
  if (text.length > MAX_CHARS) return `has ${text.length.toLocaleString('en-US')} characters; at most ${MAX_CHARS.toLocaleString('en-US')} are read`
  const binary = /[\0-\x08\x0e-\x1a\x1c-\x1f]/.exec(text)
  return binary ? `is not text: line ${text.slice(0, binary.index).split('\n').length} holds a byte that no text file has` : undefined
}

export function sections(text: string): readonly Section[] {
  const found: { command?: string; lines: Line[] }[] = [{ lines: [] }]
  text.split(/\r\n|\r|\n/).forEach((raw, i) => {
    const plain = plainText(raw)
    const prompt = PROMPT.exec(plain)
    if (prompt) found.push({ command: prompt[1], lines: [] })
    else if (plain !== '' && !FENCE.test(plain)) found[found.length - 1].lines.push({ number: i + 1, raw, text: plain })
  })
  return found.filter(section => section.command !== undefined || section.lines.length > 0)
}

/** What a command prints, from its words; the article's own misspelling of zoneinfo included. */
export function kindOf(command: string | undefined, unnamed: FileKind): FileKind {
  if (command === undefined || command === '') return unnamed
  if (/^echo\b|>/.test(command)) return 'other'
  if (/zon\w*info/.test(command)) return 'zoneinfo'
  const named = /\/proc\/(meminfo|vmstat|buddyinfo|swaps)\b/.exec(command)
  if (named) return named[1] as FileKind
  return /\/proc\/sys\/vm\/|^(sudo )?sysctl\b/.test(command) ? 'sysctl' : 'other'
}

function plainText(raw: string): string {
   
  const bare = raw.replace(/\x1b\[[\d;]*[A-Za-z]/g, '').replace(/[\u200b-\u200f\ufeff]/g, '')
  return bare.normalize('NFKC').replaceAll('、', ',').replace(/\s+/g, ' ').trim()
}

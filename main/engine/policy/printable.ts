/**
 * Text that a policy made, fit for a log, a terminal and a page: bounded, in characters of its own, what steers a terminal or turns the reading direction spelled out.
 */

/** Control characters, line ends among them; marks that turn, join or hide text; what is no character at all. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

/** At most `max` characters, and none of the memory that a longer text holds. */
export function printable(text: string, max: number): string {
  const out: string[] = []
  // Read by code point and joined anew: a slice would keep the whole text alive.
  for (const char of text.slice(0, max)) out.push(UNPRINTABLE.test(char) ? escaped(char) : char)
  if (text.length > max) out.push('…')
  return out.join('')
}

function escaped(char: string): string {
  if (char === '\n') return '\\n'
  if (char === '\t') return '\\t'
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`
}

/** Values as they stand in the code that rules become: nothing a person typed can end a text or a comment. */

/** A text in single quotes. */
export function quoted(value: string | number): string {
  return `'${String(value).replace(/[\\'\n\r\u2028\u2029]/g, (char) => (char === '\n' ? '\\n' : char === '\r' ? '\\r' : char === '\u2028' ? '\\u2028' : char === '\u2029' ? '\\u2029' : `\\${char}`))}'`
}

/** A number as people write it: `2_000_000`. */
export function shown(value: string | number): string {
  const plain = String(value)
  return /^-?\d{5,}$/.test(plain) ? plain.replace(/\B(?=(\d{3})+$)/g, '_') : plain
}

/** A number in a sentence: `2,000,000`. */
export function said(value: string | number): string {
  return shown(value).replaceAll('_', ',')
}

/** Words for a comment: on one line, and the comment goes on behind them. */
export function remark(words: string): string {
  return words.replace(/\*\//g, '* /').replace(/[\n\r\u2028\u2029]+/g, ' ')
}

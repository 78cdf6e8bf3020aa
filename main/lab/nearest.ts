/** "Did you mean …": the nearest of the known names, for messages about unknown ones. */

/** The nearest name, if it is near enough to be a slip (a third of its letters, or the beginning of one). */
export function nearest(wanted: string, known: readonly string[]): string | undefined {
  const word = wanted.toLowerCase().slice(0, 100)
  const starting = known.filter((name) => word.length > 1 && name.toLowerCase().startsWith(word))
  if (starting.length === 1) return starting[0]
  let best: string | undefined
  let least = Infinity
  for (const name of known) {
    const distance = editDistance(word, name.toLowerCase())
    if (distance < least) { least = distance; best = name }
  }
  return best !== undefined && least <= Math.max(1, Math.floor(Math.max(best.length, word.length) / 3)) ? best : undefined
}

/** ` Did you mean "x"?`, or the list when it is short, or nothing. */
export function suggestion(wanted: string, known: readonly string[]): string {
  const near = nearest(wanted, known)
  if (near !== undefined) return ` Did you mean "${near}"?`
  if (known.length === 0) return ''
  const shown = known.slice(0, 12).join(', ')
  return ` There ${known.length === 1 ? 'is' : 'are'} ${shown}${known.length > 12 ? `, and ${known.length - 12} more` : ''}.`
}

/** Levenshtein, with a swap of two neighbours as one slip. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      row[j] = Math.min(change, last[j] + 1, row[j - 1] + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1)
    }
    before = last
    last = row
  }
  return last[b.length]
}

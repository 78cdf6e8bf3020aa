/** Finds by letters in their order, as palettes do; better where they stand together and at beginnings of words. */

/** What fits, the best first; all in their own order when nothing is asked. */
export function fuzzy<T>(asked: string, items: readonly T[], textOf: (item: T) => string): readonly T[] {
  const wanted = asked.toLowerCase().replace(/\s+/g, '')
  if (wanted === '') return items
  return items.map((item, index) => ({ item, index, score: score(wanted, textOf(item).toLowerCase()) })).filter(({ score: one }) => one > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index).map(({ item }) => item)
}

/** 0: some letter is missing. */
export function score(wanted: string, text: string): number {
  const whole = text.indexOf(wanted)
  let total = whole < 0 ? 0 : isStart(text, whole) ? 200 : 100
  let at = -1
  for (const letter of wanted) {
    const next = text.indexOf(letter, at + 1)
    if (next < 0) return 0
    total += next === at + 1 ? 5 : isStart(text, next) ? 3 : 1
    at = next
  }
  return total - text.length / 1000
}

function isStart(text: string, at: number): boolean {
  return at === 0 || /[\s\-_.:（(]/.test(text[at - 1])
}

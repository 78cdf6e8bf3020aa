/** Says an English text in Chinese by a table whose entries may have places, `{}`, for names, values and further sentences. A text that fits nothing stays as it is. */
export type Tell = (text: string) => string

interface Template { readonly pattern: RegExp; readonly parts: readonly string[] }

const DEEPEST = 4

export function teller(table: Readonly<Record<string, string>>): Tell {
  // The more of an entry is fixed, the earlier it is tried.
  const templates = Object.entries(table).filter(([english]) => english.includes('{}')).sort(([a], [b]) => fixedOf(b) - fixedOf(a)).map(([english, chinese]): Template => ({ pattern: patternOf(english), parts: chinese.split('{}') }))
  const tell = (text: string, depth: number): string => {
    const whole = Object.hasOwn(table, text) ? table[text] : undefined
    if (whole !== undefined || depth === 0 || text.length > 2000) return whole ?? text
    for (const { pattern, parts } of templates) {
      const found = pattern.exec(text)
      if (found) return parts.map((part, i) => (i === 0 ? part : tell((found[i] ?? '').trim(), depth - 1) + part)).join('')
    }
    return text
  }
  return (text) => tell(text, DEEPEST)
}

function fixedOf(english: string): number {
  return english.replaceAll('{}', '').length
}

/** Places at the end may be empty: a hint that is not always there. */
function patternOf(english: string): RegExp {
  const fixed = english.split('{}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${fixed.map((part, i) => (i === 0 ? part : `${i === fixed.length - 1 && part === '' ? '(.*)' : '(.+?)'}${part}`)).join('')}$`, 's')
}

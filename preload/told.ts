/**
 * Says an English text in Chinese by a table whose entries may have places: `{}` for a name, a value or a further sentence, `{;}` for several of those with semicolons between. Chinese that wants them in another order
 * numbers them, `{1}`. A text that fits nothing stays as it is. Both sides of the bridge use it, so it stands between them. Each part of an entry is looked for behind the one before, which finds every fit in time
 * proportional to the text.
 */
export type Tell = (text: string) => string

interface Template { readonly english: readonly string[]; readonly lists: readonly boolean[]; /** Fixed text, and which place stands behind it. */ readonly chinese: readonly (string | number)[] }

const PLACE = /\{[;\d]*\}/
const DEEPEST = 8
const LONGEST = 20_000
/** A line of a file as it was given, and what is wrong with it. */
const QUOTED_LINE = /^("(?:[^"\\]|\\.)*") (.+)$/s

export function teller(table: Readonly<Record<string, string>>): Tell {
  // The more of an entry is fixed, the earlier it is tried; those with lists before all others, since any part of them may fit something else.
  const rank = (english: string): number => english.replace(/\{;?\}/g, '').length + (english.includes('{;}') ? LONGEST : 0)
  const templates = Object.entries(table).filter(([english]) => PLACE.test(english)).sort(([a], [b]) => rank(b) - rank(a)).map(([english, chinese]) => templateOf(english, chinese))
  const tell = (text: string, depth: number): string => {
    const whole = Object.hasOwn(table, text) ? table[text] : undefined
    if (whole !== undefined || depth === 0 || text.length > LONGEST) return whole ?? text
    const [, line, fault] = QUOTED_LINE.exec(text) ?? []
    if (line !== undefined && fault !== undefined) {
      const told = tell(fault, depth - 1)
      if (told !== fault) return `${line} ${told}`
    }
    for (const { english, lists, chinese } of templates) {
      const found = fit(text, english)
      if (found === undefined) continue
      const inPlace = (place: number): string => (lists[place] ? (found[place] ?? '').split('; ').map((one) => tell(one, depth - 1)).join('；') : tell((found[place] ?? '').trim(), depth - 1))
      return chinese.map((part) => (typeof part === 'string' ? part : inPlace(part))).reduce(spaced, '')
    }
    return text
  }
  return (text) => tell(text, DEEPEST)
}

function templateOf(english: string, chinese: string): Template {
  let next = 0
  return {
    english: english.split(/\{;?\}/), lists: (english.match(/\{;?\}/g) ?? []).map((place) => place === '{;}'),
    chinese: chinese.split(/(\{\d*\})/).map((part) => (!PLACE.test(part) ? part : part === '{}' ? next++ : Number(part.slice(1, -1)))),
  }
}

/** Chinese and what isn't stand apart, as everywhere in the window. */
function spaced(before: string, next: string): string {
  const apart = (/\p{Script=Han}$/u.test(before) && /^[\w/"`]/.test(next)) || (/[\w"`)]$/.test(before) && /^\p{Script=Han}/u.test(next))
  return apart ? `${before} ${next}` : before + next
}

/** What stands in the places; a place at the very end may be empty: a hint that is not always there. */
function fit(text: string, parts: readonly string[]): readonly string[] | undefined {
  const [first, last] = [parts[0], parts.at(-1) as string]
  if (!text.startsWith(first) || !text.endsWith(last)) return undefined
  const end = text.length - last.length
  const found: string[] = []
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const next = text.indexOf(part, at + 1)
    if (next < 0 || next + part.length > end) return undefined
    found.push(text.slice(at, next))
    at = next + part.length
  }
  return at < end || (last === '' && at === end) ? [...found, text.slice(at, end)] : undefined
}

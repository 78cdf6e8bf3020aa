/** Finds the kernel's terms in a text. */
import type { TermInfo } from '../../preload/contract'

export interface Part { readonly text: string; readonly term?: TermInfo; readonly code?: boolean }

/** `Words` in backticks are names and stay as they are. */
export function splitText(text: string, terms: readonly TermInfo[]): readonly Part[] {
  return text.split('`').flatMap((part, index): readonly Part[] => (index % 2 === 1 ? [{ text: part, code: true }] : splitByTerms(part, terms)))
}

/** Longest term first, whole words only where the term is made of word characters, each term once. */
function splitByTerms(text: string, terms: readonly TermInfo[]): readonly Part[] {
  if (terms.length === 0) return [{ text }]
  const byName = new Map(terms.map((term) => [term.term.toLowerCase(), term]))
  const pattern = new RegExp([...byName.keys()].sort((a, b) => b.length - a.length).map(bounded).join('|'), 'gi')
  const parts: Part[] = []
  const seen = new Set<TermInfo>()
  let from = 0
  for (const match of text.matchAll(pattern)) {
    const term = byName.get(match[0].toLowerCase())
    if (!term || seen.has(term)) continue
    seen.add(term)
    if (match.index > from) parts.push({ text: text.slice(from, match.index) })
    parts.push({ text: match[0], term })
    from = match.index + match[0].length
  }
  if (from < text.length) parts.push({ text: text.slice(from) })
  return parts
}

function bounded(term: string): string {
  const escaped = term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const start = /^\w/.test(term) ? '(?<![A-Za-z0-9_])' : ''
  const end = /\w$/.test(term) ? '(?![A-Za-z0-9_])' : ''
  return start + escaped + end
}

/**
 * TypeScript's own ES2023 declarations as one text, without the values that a policy's compartment lacks: the checker then reports `process`, `Date` or `Promise` by
 * itself, at the right place. The types of those names stay, because other declarations mention them.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { GUEST_GLOBALS } from './guest-globals'

const PRESENT: ReadonlySet<string> = new Set([...GUEST_GLOBALS, 'NaN', 'Infinity'])

let cache: string | undefined

export function guestLib(): string {
  return cache ??= withoutMissing(gather('lib.es2023.d.ts', new Set()))
}

const folder = (): string => dirname(createRequire(import.meta.url).resolve('typescript'))

/** A declaration file and everything it refers to, each once, the deepest first. */
function gather(name: string, seen: Set<string>): string {
  if (seen.has(name)) return ''
  seen.add(name)
  const text = readFileSync(join(folder(), name), 'utf8')
  const parts: string[] = []
  for (const match of text.matchAll(/\/\/\/ <reference lib="([^"]+)" \/>/g)) parts.push(gather(`lib.${match[1] ?? ''}.d.ts`, seen))
  return [...parts, text.replace(/^\/\/\/ <reference.*$/gm, '')].join('\n')
}

function withoutMissing(text: string): string {
  const keep = (whole: string, name: string): string => (PRESENT.has(name) ? whole : '')
  return text
    .replace(/^declare var (\w+)\s*:.*$/gm, keep)
    .replace(/^declare function (\w+)\(.*;$/gm, keep)
    .replace(/^declare namespace Reflect \{[\s\S]*?^\}$/gm, '')
    .replace(/^\s*random\(\): number;$/gm, '')
}

/** Names of workspace files: `policies/<name>.ts` and `scenarios/<name>.json`, nothing else. No separators, no dots in front, nothing a file system treats specially. */
import type { Problem } from '../../preload/contract'

export interface FileName {
  readonly folder: 'policies' | 'scenarios'
  readonly base: string
}

const KINDS = [{ folder: 'policies', extension: '.ts' }, { folder: 'scenarios', extension: '.json' }] as const

const STEM = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$/
const WINDOWS_DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/** The file that is meant, or what is wrong with its name. */
export function parseFileName(file: string): FileName | Problem {
  for (const { folder, extension } of KINDS) {
    const base = file.slice(folder.length + 1)
    if (!file.startsWith(`${folder}/`) || !base.endsWith(extension)) continue
    const stem = base.slice(0, -extension.length)
    if (STEM.test(stem) && !WINDOWS_DEVICES.test(stem)) return { folder, base }
    return { path: shorten(file), message: `"${shorten(stem)}" can't be a file name: use 1 to 80 letters, digits, - _ . and start with a letter or digit` }
  }
  return { path: shorten(file), message: 'files of a workspace are policies/<name>.ts and scenarios/<name>.json' }
}

export function isProblem(value: FileName | Problem): value is Problem {
  return 'message' in value
}

/** Is this directory entry a file of that folder (and not a temporary one or something else)? */
export function isWorkspaceEntry(folder: FileName['folder'], base: string): boolean {
  return !isProblem(parseFileName(`${folder}/${base}`))
}

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}…` : text
}

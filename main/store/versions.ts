/**
 * Earlier texts of policies and scenarios: `versions/policies/<name>.ts/<time>-<why>-<hash>.ts`. Plain files, so that they can be found by hand too. A text is kept before it takes
 * the file's place, so a crash at any moment leaves it in one of the two.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { FileVersion } from '../../preload/contract'
import { readVersioned, writeAtomic } from './atomic-file'
import type { FileName } from './names'

/** Of one file; the oldest go, but not those of the last day. */
const MOST_VERSIONS = 200
const DAY_MS = 86_400_000
const NAME = /^(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z)-(saved|outside|kept)-([\w-]{10})\.(ts|json)$/

/** Newest first. */
export async function listVersions(workspace: string, name: FileName): Promise<readonly FileVersion[]> {
  const folder = folderOf(workspace, name)
  const found = await Promise.all((await entries(folder)).map(async (base): Promise<FileVersion> => {
    const { timeMs, why } = partsOf(base)
    return { id: base, atMs: timeMs, why, bytes: (await stat(join(folder, base))).size }
  }))
  return found.toSorted((a, b) => (a.id < b.id ? 1 : -1))
}

/** Undefined when there is none of that id. */
export async function readVersion(workspace: string, name: FileName, id: string): Promise<string | undefined> {
  if (!NAME.test(id)) return undefined
  return (await readVersioned(join(folderOf(workspace, name), id)))?.text
}

/** Kept once where it is the newest already. */
export async function keepText(workspace: string, name: FileName, text: string, why: FileVersion['why'], nowMs: number): Promise<void> {
  const folder = folderOf(workspace, name)
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 10)
  const known = await entries(folder)
  if (known.at(-1)?.includes(`-${hash}.`) === true) return
  await mkdir(folder, { recursive: true })
  // Later than what is there, whatever the clock says: the order is what counts.
  const newest = known.length === 0 ? 0 : partsOf(known[known.length - 1]).timeMs
  const at = new Date(Math.max(nowMs, newest + 1)).toISOString().replace(/[:.]/g, '-')
  await writeAtomic(join(folder, `${at}-${why}-${hash}${extname(name.base)}`), text)
  const old = known.slice(0, Math.max(0, known.length + 1 - MOST_VERSIONS)).filter((base) => nowMs - partsOf(base).timeMs > DAY_MS)
  for (const base of old) await rm(join(folder, base), { force: true })
}

function folderOf(workspace: string, { folder, base }: FileName): string {
  return join(workspace, 'versions', folder, base)
}

/** Oldest first. */
async function entries(folder: string): Promise<readonly string[]> {
  const all = await readdir(folder).catch(() => [])
  return all.filter((base) => NAME.test(base)).toSorted()
}

function partsOf(base: string): { readonly timeMs: number; readonly why: FileVersion['why'] } {
  const [, time, why] = NAME.exec(base) ?? []
  const iso = time.replace(/T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z$/, 'T$1:$2:$3.$4Z')
  return { timeMs: Date.parse(iso), why: why as FileVersion['why'] }
}

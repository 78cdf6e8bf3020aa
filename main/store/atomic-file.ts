/** Writes files whole or not at all, and reads text with a version that changes when the content does. */
import { createHash, randomBytes } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Temp file beside the target, fsync, rename, fsync of the folder: after a crash there is the old file or the new one. */
export async function writeAtomic(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    const handle = await open(temporary, 'wx', 0o644)
    try {
      await handle.writeFile(text, 'utf8')
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

export const TEMPORARY = /^\..+\.[0-9a-f]{12}\.tmp$/

export interface VersionedText { readonly text: string; readonly version: string }

/** The file's text; undefined when there is none. Throws for other failures, and for files that are no text. */
export async function readVersioned(path: string): Promise<VersionedText | undefined> {
  try {
    const bytes = await readFile(path)
    if (bytes.includes(0)) throw new Error('is not a text file')
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes), version: versionOf(bytes) }
  } catch (error) {
    if (isMissing(error)) return undefined
    if (error instanceof TypeError) throw new Error('is not UTF-8 text')
    throw error
  }
}

function versionOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('base64url').slice(0, 22)
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

/** Makes the rename itself durable. Not every file system or platform can; the content is safe either way. */
async function syncFolder(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r')
    await handle.sync().finally(() => handle.close())
  } catch {
    return
  }
}

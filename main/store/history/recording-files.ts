/**
 * The files of recordings: `history/recordings/`, for removed entries `removed/history/`, for damaged ones `history/damaged/`. Written whole or not at all: beside the place
 * first, synced, then renamed. A name is the run's key and its digest, so a run that is made again has the file it had.
 */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export interface Folders {
  readonly recordings: string
  readonly removed: string
  readonly damaged: string
}

export function foldersOf(workspace: string): Folders {
  return { recordings: join(workspace, 'history', 'recordings'), removed: join(workspace, 'removed', 'history'), damaged: join(workspace, 'history', 'damaged') }
}

export function recordingName(key: string, digest: string): string {
  return `${key.slice(0, 40)}-${digest.replace(/[^\w]/g, '').slice(0, 32)}.rec`
}

/** One that is there already is the same. */
export function writeRecording({ recordings }: Folders, name: string, bytes: Buffer): void {
  mkdirSync(recordings, { recursive: true })
  const path = join(recordings, name)
  const temporary = join(recordings, `.${name}.${process.pid}.tmp`)
  const file = openSync(temporary, 'w', 0o644)
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
    fsyncSync(file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
  syncFolder(recordings)
}

/** Undefined when there is none, in either place. */
export function readRecording({ recordings, removed }: Folders, name: string): Buffer | undefined {
  for (const folder of [recordings, removed]) {
    try {
      return readFileSync(join(folder, name))
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    }
  }
  return undefined
}

/** Where it is now. Nothing there is overwritten. */
export function setAside({ recordings, removed, damaged }: Folders, name: string, nowMs: number): string | undefined {
  mkdirSync(damaged, { recursive: true })
  for (const folder of [recordings, removed]) {
    const to = freeName(damaged, `${name}.${new Date(nowMs).toISOString().replace(/[:.]/g, '-')}`)
    if (existsSync(join(folder, name))) {
      renameSync(join(folder, name), to)
      return to
    }
  }
  return undefined
}

export function moveRecording(name: string, from: string, to: string): void {
  if (!existsSync(join(from, name))) return
  mkdirSync(to, { recursive: true })
  renameSync(join(from, name), join(to, name))
}

export function deleteRecording({ recordings, removed }: Folders, name: string): void {
  for (const folder of [recordings, removed]) rmSync(join(folder, name), { force: true })
}

/** Files that are recordings by their name. */
export function listRecordings(folder: string): readonly string[] {
  return readdirOrNone(folder).filter((name) => name.endsWith('.rec') && !name.startsWith('.'))
}

const LEFTOVER_AGE_MS = 3_600_000

/** Half-written files of a crash. Young ones may belong to a process that writes right now. */
export function removeLeftovers({ recordings }: Folders, nowMs: number): void {
  for (const name of readdirOrNone(recordings)) {
    if (!/^\..+\.tmp$/.test(name)) continue
    const path = join(recordings, name)
    const info = statSync(path, { throwIfNoEntry: false })
    if (info !== undefined && nowMs - info.mtimeMs > LEFTOVER_AGE_MS) rmSync(path, { force: true })
  }
}

export function freeName(folder: string, name: string): string {
  for (let n = 0; ; n++) {
    const path = join(folder, n === 0 ? name : `${name}.${n}`)
    if (!existsSync(path)) return path
  }
}

function readdirOrNone(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Makes the rename durable, where the system can. */
function syncFolder(folder: string): void {
  try {
    const file = openSync(folder, 'r')
    try {
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  } catch {
    return
  }
}

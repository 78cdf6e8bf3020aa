/**
 * The files of a workspace: policies, scenarios, drafts. Saves are atomic and refused when the file has changed since it was read; a removed file is moved to
 * `removed/`, not deleted; drafts are plain copies in `drafts/`, so that they can be found by hand too.
 */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileContent, FileVersion, LabEvents, Problem, Result, WorkspaceFile } from '../../preload/contract'
import { isMissing, readVersioned, TEMPORARY, writeAtomic, type VersionedText } from './atomic-file'
import { isProblem, isWorkspaceEntry, parseFileName, type FileName } from './names'
import { SerialQueue } from './queue'
import { createSettings, type Settings } from './settings'
import { keepText, listVersions, readVersion } from './versions'
import { watchFolders } from './watch'

export type FileEvent = LabEvents['file']

export interface Store {
  readonly settings: Settings
  files(): Promise<readonly WorkspaceFile[]>
  read(file: string): Promise<Result<FileContent>>
  save(file: string, text: string, version: string): Promise<Result<FileContent>>
  saveDraft(file: string, text: string): Promise<Result<null>>
  remove(file: string): Promise<Result<null>>
  /** Earlier texts, newest first; of removed files too. */
  versions(file: string): Promise<Result<readonly FileVersion[]>>
  version(file: string, id: string): Promise<Result<string>>
  /** Keeps unsaved text before another takes its place. */
  keepVersion(file: string, text: string): Promise<Result<null>>
  /** Every change, this store's own saves included. */
  onChange(listener: (event: FileEvent, by: 'lab' | 'outside') => void): () => void
  close(): void
}

const FOLDERS = ['policies', 'scenarios'] as const
const LONGEST_TEXT = 16 * 1024 * 1024

export async function createStore(workspace: string): Promise<Store> {
  const listeners = new Set<(event: FileEvent, by: 'lab' | 'outside') => void>()
  const queue = new SerialQueue()
  const tell = (event: FileEvent, by: 'lab' | 'outside'): void => { for (const listener of listeners) listener(event, by) }
  const known = new Map<string, string>()
  // A folder that can't be written can still be read; saving then says what is wrong.
  for (const folder of FOLDERS) await mkdir(join(workspace, folder), { recursive: true }).catch(() => undefined)
  await removeLeftovers(workspace)
  for (const [file, version] of await scan(workspace)) known.set(file, version)

  /** Compares the folders with what is known; what differs was changed by someone else. */
  const rescan = (): Promise<void> => queue.run(async () => {
    const now = await scan(workspace)
    for (const [file, version] of now) if (known.get(file) !== version) tell({ file, change: 'changed', version }, 'outside')
    for (const file of known.keys()) if (!now.has(file)) tell({ file, change: 'removed', version: '' }, 'outside')
    known.clear()
    for (const [file, version] of now) known.set(file, version)
  })
  const watch = watchFolders(FOLDERS.map((folder) => join(workspace, folder)), () => { rescan().catch(() => undefined) })
  const note = (file: string, version: string | undefined): void => {
    if (version === undefined) known.delete(file)
    else known.set(file, version)
    tell({ file, change: version === undefined ? 'removed' : 'changed', version: version ?? '' }, 'lab')
  }

  return {
    settings: createSettings(workspace),
    files: () => list(workspace),
    read: (file) => named(file, (name) => readFileOf(workspace, file, name)),
    save: (file, text, version) => named(file, (name) => queue.run(() => saveFile(workspace, file, name, text, version, note))),
    saveDraft: (file, text) => named(file, (name) => queue.run(() => saveDraftOf(workspace, file, name, text))),
    remove: (file) => named(file, (name) => queue.run(() => removeFile(workspace, file, name, note))),
    versions: (file) => named(file, async (name) => ({ ok: true, value: await listVersions(workspace, name) })),
    version: (file, id) => named(file, async (name) => {
      const text = await readVersion(workspace, name, id)
      return text === undefined ? refuse(file, `has no version ${id.slice(0, 60)}`) : { ok: true, value: text }
    }),
    keepVersion: (file, text) => named(file, (name) => queue.run(async () => {
      const wrong = unfit(text)
      if (wrong !== undefined) return refuse(file, wrong)
      await keepText(workspace, name, text, 'kept', Date.now())
      return { ok: true, value: null }
    })),
    onChange: (listener) => { listeners.add(listener); return () => { listeners.delete(listener) } },
    close: () => { watch.close(); listeners.clear() },
  }
}

type Note = (file: string, version: string | undefined) => void

async function named<T>(file: string, work: (name: FileName) => Promise<Result<T>>): Promise<Result<T>> {
  const name = parseFileName(file)
  if (isProblem(name)) return { ok: false, problems: [name] }
  try {
    return await work(name)
  } catch (error) {
    return refuse(file, error instanceof Error ? error.message : String(error))
  }
}

function refuse(path: string, message: string): { readonly ok: false; readonly problems: readonly Problem[] } {
  return { ok: false, problems: [{ path, message }] }
}

function pathOf(workspace: string, name: FileName): string {
  return join(workspace, name.folder, name.base)
}

function draftPath(workspace: string, name: FileName): string {
  return join(workspace, 'drafts', name.folder, name.base)
}

async function readFileOf(workspace: string, file: string, name: FileName): Promise<Result<FileContent>> {
  const saved = await readVersioned(pathOf(workspace, name))
  const draft = await readDraft(workspace, name)
  if (saved === undefined && draft === undefined) return refuse(file, 'there is no such file')
  const { text, version } = saved ?? { text: '', version: '' }
  return { ok: true, value: { file, text, version, ...(draft === undefined || draft.text === text ? {} : { draft: draft.text }) } }
}

/** A draft that can't be read must not keep its file from being read. */
function readDraft(workspace: string, name: FileName): Promise<VersionedText | undefined> {
  return readVersioned(draftPath(workspace, name)).catch(() => undefined)
}

async function saveFile(workspace: string, file: string, name: FileName, text: string, version: string, note: Note): Promise<Result<FileContent>> {
  const wrong = unfit(text)
  if (wrong !== undefined) return refuse(file, wrong)
  const path = pathOf(workspace, name)
  const there = await readVersioned(path)
  const now = there?.version ?? ''
  if (now !== version) return refuse(file, conflict(now, version))
  // What is there may have been written by something else, or before the lab kept versions.
  if (there !== undefined && there.text !== text) await keepText(workspace, name, there.text, 'outside', Date.now())
  await keepText(workspace, name, text, 'saved', Date.now())
  await mkdir(join(workspace, name.folder), { recursive: true })
  await writeAtomic(path, text)
  await rm(draftPath(workspace, name), { force: true })
  const written = await readVersioned(path)
  note(file, written?.version)
  return { ok: true, value: { file, text, version: written?.version ?? '' } }
}

/** Why this can't be a file's text. */
function unfit(text: string): string | undefined {
  if (text.length > LONGEST_TEXT) return `is too long: ${text.length} characters, at most ${LONGEST_TEXT}`
  return text.includes('\0') ? 'holds a NUL character: not a text file' : undefined
}

function conflict(now: string, version: string): string {
  if (version === '') return 'exists already; open it, or choose another name'
  if (now === '') return 'was removed outside the lab since it was opened; save it under a new name'
  return 'was changed outside the lab since it was opened; nothing was overwritten. Compare with the file and save again, or save under a new name'
}

async function saveDraftOf(workspace: string, file: string, name: FileName, text: string): Promise<Result<null>> {
  if (text.length > LONGEST_TEXT) return refuse(file, `is too long: ${text.length} characters, at most ${LONGEST_TEXT}`)
  const path = draftPath(workspace, name)
  const saved = await readVersioned(pathOf(workspace, name)).catch(() => undefined)
  if (saved?.text === text) await rm(path, { force: true })
  else {
    await mkdir(join(workspace, 'drafts', name.folder), { recursive: true })
    await writeAtomic(path, text)
  }
  return { ok: true, value: null }
}

async function removeFile(workspace: string, file: string, name: FileName, note: Note): Promise<Result<null>> {
  const folder = join(workspace, 'removed', name.folder)
  await mkdir(folder, { recursive: true })
  const stamp = new Date().toISOString().replace(/[:.]/g, '-')
  const movedDraft = await move(draftPath(workspace, name), join(folder, `${stamp}-draft-${name.base}`))
  const movedFile = await move(pathOf(workspace, name), join(folder, `${stamp}-${name.base}`))
  if (!movedFile && !movedDraft) return refuse(file, 'there is no such file')
  note(file, undefined)
  return { ok: true, value: null }
}

async function move(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

async function list(workspace: string): Promise<readonly WorkspaceFile[]> {
  const files: WorkspaceFile[] = []
  for (const folder of FOLDERS) {
    const saved = await entries(join(workspace, folder), folder)
    const drafts = await entries(join(workspace, 'drafts', folder), folder)
    const kind = folder === 'policies' ? 'policy' : 'scenario'
    for (const base of [...new Set([...saved, ...drafts])].sort()) files.push({ file: `${folder}/${base}`, kind })
  }
  return files
}

/** Files of one folder. */
async function entries(path: string, folder: FileName['folder']): Promise<readonly string[]> {
  const found: string[] = []
  for (const base of await readdir(path).catch(() => [])) {
    if (!isWorkspaceEntry(folder, base)) continue
    const info = await stat(join(path, base)).catch(() => undefined)
    if (info?.isFile()) found.push(base)
  }
  return found
}

async function scan(workspace: string): Promise<Map<string, string>> {
  const versions = new Map<string, string>()
  for (const folder of FOLDERS) {
    for (const base of await entries(join(workspace, folder), folder)) {
      const content = await readVersioned(join(workspace, folder, base)).catch(() => undefined)
      if (content !== undefined) versions.set(`${folder}/${base}`, content.version)
    }
  }
  return versions
}

const LEFTOVER_AGE_MS = 3_600_000

/** Temporary files of a save that a crash cut short. Young ones may belong to a lab that is saving right now. */
async function removeLeftovers(workspace: string): Promise<void> {
  for (const folder of [...FOLDERS, 'drafts/policies', 'drafts/scenarios', '.']) {
    for (const base of await readdir(join(workspace, folder)).catch(() => [])) {
      if (!TEMPORARY.test(base)) continue
      const path = join(workspace, folder, base)
      const info = await stat(path).catch(() => undefined)
      if (info !== undefined && Date.now() - info.mtimeMs > LEFTOVER_AGE_MS) await rm(path, { force: true }).catch(() => undefined)
    }
  }
}

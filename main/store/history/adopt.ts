/** Brings recordings that the database doesn't know back into it, by what their files say of themselves. A file that is damaged is set aside and reported. */
import { join } from 'node:path'
import { readAbout, type FoundSpec, type RecordingAbout } from './about'
import type { HistoryDatabase } from './database'
import { decodeAbout, TooNew } from './recording-file'
import { listRecordings, readRecording, setAside, type Folders } from './recording-files'

const NOBODY = { pid: 0, began: 'gone', host: '' }

/** How many runs came back. */
export function adoptRecordings(db: HistoryDatabase, folders: Folders, nowMs: number): number {
  let adopted = 0
  for (const name of listRecordings(folders.recordings)) {
    if (db.row('SELECT 1 FROM run JOIN recording ON recording.name = run.recording WHERE recording = ?', name) !== undefined) continue
    const found = look(db, folders, name, nowMs)
    if (found === undefined) continue
    adoptOne(db, found.about, name, found.bytes, nowMs)
    adopted++
  }
  return adopted
}

function look(db: HistoryDatabase, folders: Folders, name: string, nowMs: number): { readonly about: RecordingAbout; readonly bytes: number } | undefined {
  try {
    const bytes = readRecording(folders, name)
    const about = bytes === undefined ? undefined : readAbout(decodeAbout(bytes))
    return bytes === undefined || about === undefined ? undefined : { about, bytes: bytes.length }
  } catch (error) {
    if (error instanceof TooNew) return undefined
    const aside = setAside(folders, name, nowMs)
    db.report('recording', join('recordings', name), error instanceof Error ? error.message : String(error), aside, nowMs)
    return undefined
  }
}

function adoptOne(db: HistoryDatabase, { entry, run, machine, outline, createdMs }: RecordingAbout, name: string, bytes: number, nowMs: number): void {
  if (db.row('SELECT 1 FROM entry WHERE id = ?', entry.id) === undefined) {
    const spec: FoundSpec = { found: { outline, machines: {} } }
    db.begin({ ...entry, origin: 'found', spec }, NOBODY, createdMs)
    db.end(entry.id, 'interrupted', undefined, nowMs)
  }
  if (db.row('SELECT 1 FROM run WHERE entry = ? AND point = ? AND machine = ? AND seed = ?', entry.id, run.point, run.machine, run.seed) === undefined) db.addRuns(entry.id, [run], nowMs)
  db.addRecording(entry.id, run, name, bytes, nowMs)
  addMachine(db, entry.id, `${run.point}.${run.machine}`, machine)
  if (Number(db.row('SELECT planned - ended AS missing FROM entry WHERE id = ?', entry.id)?.['missing']) === 0) db.end(entry.id, 'done', undefined, nowMs)
}

/** An entry whose own spec was not lost needs none. */
function addMachine(db: HistoryDatabase, entry: string, name: string, machine: unknown): void {
  const spec = db.spec(entry) as Partial<FoundSpec> | undefined
  if (spec?.found === undefined || Object.hasOwn(spec.found.machines, name)) return
  db.setSpec(entry, { found: { ...spec.found, machines: { ...spec.found.machines, [name]: machine } } })
}

/**
 * The history itself: database and recording files kept in step. Synchronous; it lives in a thread of its own (worker.ts), so that neither a large recording nor a disk that
 * is slow holds up the lab.
 *
 * In step means: a recording's file is whole on disk before a row names it; a row stops naming it before it is deleted. Whatever moment a process dies at, what the rows say is true.
 */
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Recording } from '../../engine'
import type { RecordingAbout } from './about'
import type { HistoryDatabase } from './database'
import { allTags, closeSession, findEntry, forgetUnclean, listEntries, markInterrupted, openSession, showInSession, uncleanSessions } from './entries'
import type {
  DigestConflict, DoubtedRun, EntryWithRuns, HistoryChange, HistoryEntry, HistoryPage, HistoryQuery, HistoryReport, HistorySpace, KnownRun, NewEntry, NewRun, Owner, Place, RecordingAnswer, Unclean,
} from './history-types'
import { databasePath, mend, openMended } from './mend'
import { Damaged, decodeRecording, encodeRecording, TooNew } from './recording-file'
import { deleteRecording, foldersOf, moveRecording, readRecording, recordingName, removeLeftovers, setAside, writeRecording, type Folders } from './recording-files'
import { asDamage, isUnwritable } from './schema'
import { limitOf, makeRoom, setLimit, SMALLEST_LIMIT, spaceUsed } from './space'

export interface CoreOptions {
  readonly workspace: string
  readonly owner: Owner
  /** This lab's, to tell entries of others. */
  readonly engine: string
}

export interface StateOfHistory { readonly space: HistorySpace; readonly reports: readonly HistoryReport[]; readonly tags: readonly string[]; readonly unclean: Unclean }

export class HistoryCore {
  readonly #options: CoreOptions
  readonly #folders: Folders
  readonly #path: string
  #db: HistoryDatabase
  /** Tells when another process has put a new database in this one's place. */
  #file: number

  constructor(options: CoreOptions) {
    this.#options = options
    this.#folders = foldersOf(options.workspace)
    this.#path = databasePath(options.workspace)
    mkdirSync(dirname(this.#path), { recursive: true })
    this.#db = openMended(this.#path, this.#folders, now())
    this.#file = inode(this.#path)
    removeLeftovers(this.#folders, now())
    this.#tidy((db) => {
      markInterrupted(db, now())
      // A terminal command has nothing open that could be offered back.
      if (options.owner.host !== 'cli') openSession(db, options.owner, now())
    })
  }

  begin(entry: NewEntry): void {
    this.#use((db) => { db.begin(entry, this.#options.owner, now()) })
  }

  resume(entry: string): void {
    this.#use((db) => { db.resume(entry, this.#options.owner) })
  }

  addRuns(entry: string, runs: readonly NewRun[]): readonly DigestConflict[] {
    return this.#use((db) => db.addRuns(entry, runs, now()))
  }

  /** Runs that came to two digests somewhere: no entry counts them any more. How many rows that changed. */
  doubt(runs: readonly DoubtedRun[]): number {
    return this.#use((db) => runs.reduce((sum, run) => sum + db.doubt(run, now()), 0))
  }

  addRecording(entry: string, place: Place, recording: Recording, about: RecordingAbout): void {
    const name = recordingName(about.run.key, recording.digest)
    const known = this.#use((db) => db.row("SELECT bytes FROM recording WHERE name = ? AND state = 'kept'", name))
    let bytes = Number(known?.['bytes'] ?? 0)
    // The same run made twice has its file already.
    if (known === undefined || !existsSync(join(this.#folders.recordings, name))) {
      const file = encodeRecording(recording, about)
      writeRecording(this.#folders, name, file)
      bytes = file.length
    }
    this.#use((db) => { db.addRecording(entry, place, name, bytes, now()) })
  }

  /** Gives the entry's runs the recordings that the same runs have elsewhere. */
  link(entry: string): void {
    this.#use((db) => { db.link(entry) })
  }

  end(entry: string, state: string, error: string | undefined): { readonly recordings: number; readonly bytes: number } {
    return this.#use((db) => {
      db.end(entry, state, error, now())
      return makeRoom(db, this.#folders)
    })
  }

  recording(entry: string, place: Place): RecordingAnswer {
    const found = this.#use((db) => db.recordingOf(entry, place))
    if (found === undefined) return { ok: false, why: 'none', message: 'no recording of this run was kept' }
    if (found.state === 'let-go') return { ok: false, why: 'let-go', message: `the recording of this run was let go, to keep the history within ${Math.round(this.#use(limitOf) / 2 ** 20)} MiB` }
    if (found.state === 'damaged') return { ok: false, why: 'damaged', message: 'the recording of this run was damaged and set aside' }
    return this.#readRecording(found.name)
  }

  entry(id: string): EntryWithRuns | undefined {
    const found = this.#use((db) => {
      const entry = findEntry(db, id, this.#options.engine)
      return entry && { entry, spec: db.spec(id), ...db.runs(id) }
    })
    if (found === undefined) return undefined
    const { damaged, ...whole } = found
    if (damaged > 0) this.#tidy((db) => { db.report('database', `${damaged} runs of ${id}`, 'their rows are not what was written (checksum); they are left out', undefined, now()) })
    return whole
  }

  find(id: string): HistoryEntry | undefined {
    return this.#use((db) => findEntry(db, id, this.#options.engine))
  }

  list(query: HistoryQuery): HistoryPage {
    this.#tidy((db) => { markInterrupted(db, now()) })
    return this.#use((db) => listEntries(db, query, this.#options.engine))
  }

  known(keys: readonly string[]): readonly KnownRun[] {
    return this.#use((db) => db.known(keys))
  }

  change(id: string, change: HistoryChange): boolean {
    return this.#use((db) => db.change(id, change))
  }

  /** To where removed things are; `restore` brings it back. */
  remove(id: string): boolean {
    return this.#use((db) => {
      if (db.run('UPDATE entry SET removed_ms = ? WHERE id = ? AND removed_ms IS NULL', now(), id) === 0) return false
      for (const name of db.rows(OWN_ONLY, id)) moveRecording(String(name['recording']), this.#folders.recordings, this.#folders.removed)
      return true
    })
  }

  restore(id: string): boolean {
    return this.#use((db) => {
      if (db.run('UPDATE entry SET removed_ms = NULL WHERE id = ? AND removed_ms IS NOT NULL', id) === 0) return false
      for (const name of db.rows('SELECT DISTINCT recording FROM run WHERE entry = ? AND recording IS NOT NULL', id)) moveRecording(String(name['recording']), this.#folders.removed, this.#folders.recordings)
      return true
    })
  }

  state(): StateOfHistory {
    return this.#use((db) => ({ space: spaceUsed(db, this.#path), reports: reports(db), tags: allTags(db), unclean: uncleanSessions(db, this.#options.engine) }))
  }

  setLimit(bytes: number): { readonly recordings: number; readonly bytes: number } {
    return this.#use((db) => {
      setLimit(db, Math.max(SMALLEST_LIMIT, Math.floor(bytes)))
      return makeRoom(db, this.#folders)
    })
  }

  /** For good: entries that were removed, with their recordings. */
  emptyRemoved(): { readonly entries: number } {
    return this.#use((db) => {
      const gone = db.rows("SELECT name FROM recording WHERE name IN (SELECT recording FROM run JOIN entry ON entry.id = run.entry WHERE removed_ms IS NOT NULL) AND name NOT IN (SELECT recording FROM run JOIN entry ON entry.id = run.entry WHERE recording IS NOT NULL AND removed_ms IS NULL)")
      const entries = db.run('DELETE FROM entry WHERE removed_ms IS NOT NULL')
      for (const row of gone) {
        db.run('DELETE FROM recording WHERE name = ?', String(row['name']))
        deleteRecording(this.#folders, String(row['name']))
      }
      return { entries }
    })
  }

  dismissReports(): void {
    this.#use((db) => { db.run('DELETE FROM report') })
  }

  dismissUnclean(): void {
    this.#use(forgetUnclean)
  }

  show(entries: readonly string[]): void {
    this.#use((db) => { showInSession(db, this.#options.owner, entries) })
  }

  /** In order: this lab has nothing open any more. */
  close(): void {
    try {
      this.#tidy((db) => { closeSession(db, this.#options.owner) })
    } finally {
      this.#db.close()
    }
  }

  #readRecording(name: string): RecordingAnswer {
    const bytes = readRecording(this.#folders, name)
    if (bytes === undefined) {
      this.#use((db) => { db.setRecordingState(name, 'let-go') })
      return { ok: false, why: 'let-go', message: 'the file of this recording is gone' }
    }
    try {
      return { ok: true, recording: decodeRecording(bytes).recording }
    } catch (error) {
      if (error instanceof TooNew) return { ok: false, why: 'too-new', message: error.message }
      if (!(error instanceof Damaged)) throw error
      this.#reportRecording(name, error.message)
      return { ok: false, why: 'damaged', message: `the recording of this run was damaged (${error.message}) and set aside` }
    }
  }

  #reportRecording(name: string, why: string): void {
    const aside = setAside(this.#folders, name, now())
    this.#use((db) => {
      db.setRecordingState(name, 'damaged')
      db.report('recording', name, why, aside, now())
    })
  }

  /** What goes with a reading but is no part of it: on a full disk it is left undone, and the reading goes on. */
  #tidy(work: (db: HistoryDatabase) => void): void {
    try {
      this.#use(work)
    } catch (error) {
      if (!isUnwritable(error)) throw error
    }
  }

  /** Damage that shows only now is mended, and the work done again: it was a transaction that didn't happen, or a reading. */
  #use<T>(work: (db: HistoryDatabase) => T): T {
    if (inode(this.#path) !== this.#file) this.#reopen(() => openMended(this.#path, this.#folders, now()))
    try {
      return work(this.#db)
    } catch (error) {
      const damage = asDamage(error)
      if (!(damage instanceof Damaged)) throw error
      this.#reopen(() => mend(this.#path, this.#folders, damage.message, now()))
      return work(this.#db)
    }
  }

  #reopen(open: () => HistoryDatabase): void {
    this.#db.close()
    this.#db = open()
    this.#file = inode(this.#path)
  }
}

/** Recordings of an entry that no entry that is still there shares. */
const OWN_ONLY = `SELECT DISTINCT recording FROM run WHERE entry = ? AND recording IS NOT NULL
  AND recording NOT IN (SELECT recording FROM run JOIN entry ON entry.id = run.entry WHERE recording IS NOT NULL AND removed_ms IS NULL)`

function reports(db: HistoryDatabase): readonly HistoryReport[] {
  return db.rows('SELECT * FROM report ORDER BY id DESC LIMIT 100').map((row) => ({
    id: Number(row['id']), atMs: Number(row['at_ms']), kind: row['kind'] as HistoryReport['kind'], what: String(row['what']), why: String(row['why']),
    ...(row['kept_as'] === null ? {} : { keptAs: String(row['kept_as']) }),
  }))
}

function inode(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? 0
}

function now(): number {
  return Date.now()
}

/**
 * What happens when the database can't be read: a new one takes over what can still be read of it, row by row, and then what the files of recordings say of themselves. Only when
 * that is whole on disk is the damaged one set aside, under another name, and the new one put in its place: a kill or a full disk in between costs time, never the history. Only
 * one process mends at a time; others wait and find it mended.
 */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { isProcessAlive, thisProcess } from '../process-began'
import { adoptRecordings } from './adopt'
import { HistoryDatabase } from './database'
import { freeName, type Folders } from './recording-files'
import { Damaged } from './recording-file'
import { openDatabase, openForSalvage, TABLES } from './schema'

/** Opens the history's database; a damaged one is mended first. */
export function openMended(path: string, folders: Folders, nowMs: number): HistoryDatabase {
  mkdirSync(dirname(path), { recursive: true })
  if (isAlmostMended(path)) finish(path)
  try {
    return new HistoryDatabase(openDatabase(path))
  } catch (error) {
    if (!(error instanceof Damaged)) throw error
    return mend(path, folders, error.message, nowMs)
  }
}

export function mend(path: string, folders: Folders, why: string, nowMs: number): HistoryDatabase {
  const unlock = lock(`${path}.mending`)
  try {
    const mended = tryOpen(path)
    if (mended !== undefined) return mended
    const aside = asideName(path, folders, nowMs)
    rebuild(path, folders, why, aside, nowMs)
    moveDatabase(path, aside)
    renameSync(freshPath(path), path)
    return new HistoryDatabase(openDatabase(path))
  } finally {
    unlock()
  }
}

/** Beside the damaged one, which is only read. Closed, so that all of it is in one file. */
function rebuild(path: string, folders: Folders, why: string, aside: string, nowMs: number): void {
  const fresh = freshPath(path)
  for (const suffix of SUFFIXES) rmSync(fresh + suffix, { force: true })
  const db = new HistoryDatabase(openDatabase(fresh))
  try {
    const saved = salvage(path, db)
    const adopted = adoptRecordings(db, folders, nowMs)
    const rest = adopted === 0 ? '' : `, and ${adopted} runs from their recordings`
    db.report('database', basename(path), `${why}. Of it ${saved.entries} entries with ${saved.runs} runs were read${rest}`, aside, nowMs)
  } finally {
    db.close()
  }
}

/** Somebody died between setting the damaged one aside and putting the new one in its place. One that was still being written has a log. */
function isAlmostMended(path: string): boolean {
  return !existsSync(path) && existsSync(freshPath(path)) && !existsSync(`${freshPath(path)}-wal`)
}

function finish(path: string): void {
  const unlock = lock(`${path}.mending`)
  try {
    if (isAlmostMended(path)) renameSync(freshPath(path), path)
  } finally {
    unlock()
  }
}

function freshPath(path: string): string {
  return `${path}.new`
}

/** Somebody else may have mended it while this process waited. */
function tryOpen(path: string): HistoryDatabase | undefined {
  try {
    return new HistoryDatabase(openDatabase(path))
  } catch (error) {
    if (error instanceof Damaged) return undefined
    throw error
  }
}

const SUFFIXES = ['-wal', '-shm', ''] as const

function asideName(path: string, { damaged }: Folders, nowMs: number): string {
  mkdirSync(damaged, { recursive: true })
  return freeName(damaged, `${basename(path, '.db')}-${new Date(nowMs).toISOString().replace(/[:.]/g, '-')}.db`)
}

/** With its log, whose last commits may be only there. */
function moveDatabase(path: string, to: string): void {
  for (const suffix of SUFFIXES) if (existsSync(path + suffix)) renameSync(path + suffix, to + suffix)
}

/** Takes over what can be read, each row for itself; of a copy of the file's pages nothing is trusted but what has the right shape. */
function salvage(damaged: string, into: HistoryDatabase): { readonly entries: number; readonly runs: number } {
  let from: DatabaseSync
  try {
    from = openForSalvage(damaged)
  } catch {
    return { entries: 0, runs: 0 }
  }
  const taken = new Map<string, number>()
  try {
    for (const table of TABLES) taken.set(table, into.transaction(() => salvageTable(from, into, table)))
  } finally {
    from.close()
  }
  // Rows whose entry could not be read hang in the air; their recordings may bring them back.
  into.run('DELETE FROM entry WHERE id NOT IN (SELECT entry FROM spec)')
  into.recount()
  return { entries: taken.get('entry') ?? 0, runs: taken.get('run') ?? 0 }
}

/** From both ends, so that one damaged page costs its own rows only. */
function salvageTable(from: DatabaseSync, into: HistoryDatabase, table: typeof TABLES[number]): number {
  return readRows(from, into, table, '') + readRows(from, into, table, 'DESC')
}

function readRows(from: DatabaseSync, into: HistoryDatabase, table: typeof TABLES[number], direction: '' | 'DESC'): number {
  let count = 0
  try {
    const order = KEYS[table].map((column) => `${column} ${direction}`).join(', ')
    for (const row of from.prepare(`SELECT * FROM ${table} ORDER BY ${order}`).iterate()) {
      const columns = Object.keys(row)
      try {
        count += into.run(`INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`, ...Object.values(row))
      } catch {
        // Of the wrong shape, or of an entry that is lost.
      }
    }
  } catch {
    // Here the damage begins; what was read before it is taken.
  }
  return count
}

/** What each table is stored by: reading in this order needs no index, which may be damaged where the table isn't. */
const KEYS: Readonly<Record<typeof TABLES[number], readonly string[]>> = {
  entry: ['rowid'], tag: ['entry', 'tag'], spec: ['rowid'], metric_set: ['id'], run: ['entry', 'point', 'machine', 'seed'], recording: ['rowid'], report: ['id'], session: ['pid', 'began'], setting: ['rowid'],
}

const WAIT_MS = 50
const PATIENCE_MS = 30_000

function lock(path: string): () => void {
  const mine = JSON.stringify(thisProcess())
  for (let waited = 0; ; waited += WAIT_MS) {
    try {
      const file = openSync(path, 'wx')
      writeSync(file, mine)
      closeSync(file)
      return () => { rmSync(path, { force: true }) }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    if (!isHeld(path) || waited > PATIENCE_MS) rmSync(path, { force: true })
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS)
  }
}

function isHeld(path: string): boolean {
  try {
    const holder = JSON.parse(readFileSync(path, 'utf8')) as { readonly pid?: unknown; readonly began?: unknown }
    return typeof holder.pid === 'number' && typeof holder.began === 'string' && isProcessAlive({ pid: holder.pid, began: holder.began })
  } catch {
    // Just being written, or gone: look again.
    return existsSync(path)
  }
}

export function databasePath(workspace: string): string {
  return join(workspace, 'history', 'history.db')
}

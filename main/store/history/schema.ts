/**
 * The database of the history: opening, checking, and its tables. Several processes may use it: WAL, and a wait for whoever writes. A commit outlives its process at once
 * (kill -9); a power cut may take the last ones with it, never the database's order (synchronous NORMAL).
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { Damaged, TooNew } from './recording-file'

const VERSION = 1
/** "RLab" */
const APPLICATION = 0x524c6162
const BUSY_MS = 10_000

/**
 * Opens or makes it. Throws `Damaged` when it is no sound history, `TooNew` when a newer lab made it, other errors when it can't be had at all (rights, a full disk). It is
 * looked at without a write first, so that a damaged one can be set aside just as it was found.
 */
export function openDatabase(path: string): DatabaseSync {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0) look(path)
  return guarded(() => new DatabaseSync(path, { timeout: BUSY_MS, enableForeignKeyConstraints: true }), prepare)
}

/** For reading what can be read of a file that was set aside: also when it is shorter than its header says. */
export function openForSalvage(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS, enableForeignKeyConstraints: false, defensive: false })
  db.exec('PRAGMA writable_schema = ON')
  return db
}

/** SQLite's own words for a file that isn't what it should be; everything else is passed on. */
export function asDamage(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const code = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : 0
  return code === SQLITE_IOERR_SHORT_READ || (code & 0xff) === SQLITE_CORRUPT || (code & 0xff) === SQLITE_NOTADB ? new Damaged(error.message) : error
}

/** The disk is full, or not to be written to: what was there can still be read. */
export function isUnwritable(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : 0
  return (code & 0xff) === SQLITE_FULL || (code & 0xff) === SQLITE_READONLY || code === SQLITE_IOERR_WRITE
}

const SQLITE_FULL = 13
const SQLITE_READONLY = 8
const SQLITE_IOERR_WRITE = 778
const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26
const SQLITE_IOERR_SHORT_READ = 522

function look(path: string): void {
  const header = readHeader(path)
  // SQLite opens a version it doesn't know for reading only.
  if (header.length === HEADER && (header[WRITE_VERSION] > WAL || header[READ_VERSION] > WAL)) throw new Damaged('its header names an unknown version of the file format')
  guarded(() => new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS }), (db) => {
    const tables = new Set(db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all().map((row) => String(row['name'])))
    // Made by another process, which has not yet written its tables.
    if (tables.size === 0 && pragma(db, 'application_id') === 0) return
    const version = pragma(db, 'user_version')
    if (pragma(db, 'application_id') !== APPLICATION) throw new Damaged('is a database, but not the history of a lab')
    if (version > VERSION) throw new TooNew(`was written by a newer lab (format ${version}; this one reads ${VERSION})`)
    const found = db.prepare('PRAGMA quick_check(1)').get() as { readonly quick_check: string } | undefined
    if (found?.quick_check !== 'ok') throw new Damaged(found?.quick_check ?? 'the check gave no answer')
    const missing = TABLES.filter((name) => !tables.has(name))
    if (missing.length > 0) throw new Damaged(`lacks its tables ${missing.join(', ')}`)
  }).close()
}

const HEADER = 100
const WRITE_VERSION = 18
const READ_VERSION = 19
const WAL = 2

function readHeader(path: string): Uint8Array {
  const file = openSync(path, 'r')
  try {
    const bytes = new Uint8Array(HEADER)
    return bytes.subarray(0, readSync(file, bytes))
  } finally {
    closeSync(file)
  }
}

/** The database after `work`; closed when that fails. */
function guarded(open: () => DatabaseSync, work: (db: DatabaseSync) => void): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    db = open()
    work(db)
    return db
  } catch (error) {
    db?.close()
    throw asDamage(error)
  }
}

function prepare(db: DatabaseSync): void {
  // A network drive may refuse WAL; a rollback journal then does, slower.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY')
  if (count(db) === 0) create(db)
}

/** Two processes may come first at the same time: the second finds the tables. */
function create(db: DatabaseSync): void {
  db.exec('BEGIN IMMEDIATE')
  try {
    if (count(db) === 0) db.exec(SCHEMA)
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0)
}

function count(db: DatabaseSync): number {
  return Number(db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'] ?? 0)
}

export const TABLES = ['entry', 'tag', 'spec', 'metric_set', 'run', 'recording', 'report', 'session', 'setting'] as const

const SCHEMA = `
PRAGMA application_id = ${APPLICATION};
PRAGMA user_version = ${VERSION};

-- A comparison or a sweep.
CREATE TABLE entry (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, origin TEXT NOT NULL, title_en TEXT NOT NULL, title_zh TEXT NOT NULL, name TEXT, note TEXT NOT NULL DEFAULT '',
  pinned INTEGER NOT NULL DEFAULT 0, scenario TEXT NOT NULL, kernel TEXT NOT NULL, engine TEXT NOT NULL, lab TEXT NOT NULL, machines TEXT NOT NULL,
  seeds INTEGER NOT NULL, planned INTEGER NOT NULL, state TEXT NOT NULL, error TEXT, ended INTEGER NOT NULL DEFAULT 0, lost INTEGER NOT NULL DEFAULT 0, ejected INTEGER NOT NULL DEFAULT 0,
  created_ms REAL NOT NULL, ended_ms REAL, removed_ms REAL, owner_pid INTEGER NOT NULL, owner_began TEXT NOT NULL, words TEXT NOT NULL
) STRICT;
CREATE INDEX entry_created ON entry (created_ms);
CREATE INDEX entry_running ON entry (state) WHERE state = 'running';
CREATE TABLE tag (entry TEXT NOT NULL REFERENCES entry ON DELETE CASCADE, tag TEXT NOT NULL, PRIMARY KEY (entry, tag)) STRICT, WITHOUT ROWID;

-- All that makes an entry's runs, as zstd of shared JSON.
CREATE TABLE spec (entry TEXT PRIMARY KEY REFERENCES entry ON DELETE CASCADE, body BLOB NOT NULL) STRICT;

-- Names of metrics; a run holds their values in this order, as little-endian doubles.
CREATE TABLE metric_set (id INTEGER PRIMARY KEY, ids TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE run (
  entry TEXT NOT NULL REFERENCES entry ON DELETE CASCADE, point INTEGER NOT NULL, machine INTEGER NOT NULL, seed INTEGER NOT NULL,
  key TEXT NOT NULL, state TEXT NOT NULL, engine TEXT NOT NULL, digest TEXT, ending TEXT, diagnosis TEXT, error TEXT, ejections TEXT,
  metric_set INTEGER REFERENCES metric_set, metrics BLOB, checksum INTEGER NOT NULL, recording TEXT,
  PRIMARY KEY (entry, point, machine, seed)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_key ON run (key);
CREATE INDEX run_recording ON run (recording) WHERE recording IS NOT NULL;

-- Files of recordings/. A run made twice has one.
CREATE TABLE recording (name TEXT PRIMARY KEY, bytes INTEGER NOT NULL, made_ms REAL NOT NULL, state TEXT NOT NULL) STRICT;

-- What was damaged or wrong, until a person has seen it.
CREATE TABLE report (id INTEGER PRIMARY KEY, at_ms REAL NOT NULL, kind TEXT NOT NULL, what TEXT NOT NULL, why TEXT NOT NULL, kept_as TEXT) STRICT;

-- Labs that are open, or ended without closing.
CREATE TABLE session (pid INTEGER NOT NULL, began TEXT NOT NULL, host TEXT NOT NULL, started_ms REAL NOT NULL, shown TEXT NOT NULL DEFAULT '[]', PRIMARY KEY (pid, began)) STRICT;
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`

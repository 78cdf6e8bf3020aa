/**
 * Summaries of runs in one SQLite file, by the run's key: what a sweep has done once it need not do again. Several processes may use the file at once. A file that
 * is damaged, or of a later version, is left as it is and said so.
 */
import { DatabaseSync } from 'node:sqlite'

export interface KeptFile<T> {
  get(key: string): T | undefined
  /** `differs`: the file has another digest under this key, and keeps it. */
  put(key: string, digest: string, value: T): 'new' | 'known' | 'differs'
  close(): void
}

const VERSION = 1
const BUSY_MS = 10_000

/** Throws with a sentence for people. */
export function openKept<T>(path: string): KeptFile<T> {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path)
    prepareSchema(db)
    return wrap(db)
  } catch (error) {
    db?.close()
    throw new Error(`${path} can't be used to keep runs (it was left as it is): ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

function prepareSchema(db: DatabaseSync): void {
  db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`)
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { readonly user_version: number }
  if (version > VERSION) throw new Error(`it is of version ${version}, and this lab knows ${VERSION}`)
  const [{ tables }] = db.prepare("SELECT count(*) AS tables FROM sqlite_schema WHERE name <> 'runs'").all() as unknown as readonly { readonly tables: number }[]
  if (version === 0 && tables > 0) throw new Error('it is a database of something else')
  if (version < VERSION) {
    db.exec('PRAGMA journal_mode = WAL')
    db.exec(`CREATE TABLE IF NOT EXISTS runs (key TEXT PRIMARY KEY, digest TEXT NOT NULL, run TEXT NOT NULL) WITHOUT ROWID; PRAGMA user_version = ${VERSION}`)
  }
  // A power cut may cost the last runs, which are then made again; never the file.
  db.exec('PRAGMA synchronous = NORMAL')
}

function wrap<T>(db: DatabaseSync): KeptFile<T> {
  const find = db.prepare('SELECT run FROM runs WHERE key = ?')
  const digestOf = db.prepare('SELECT digest FROM runs WHERE key = ?')
  const add = db.prepare('INSERT INTO runs (key, digest, run) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
  return {
    get: (key) => {
      const row = find.get(key) as { readonly run: string } | undefined
      return row === undefined ? undefined : JSON.parse(row.run) as T
    },
    put: (key, digest, value) => {
      if (add.run(key, digest, JSON.stringify(value)).changes === 1) return 'new'
      return (digestOf.get(key) as { readonly digest: string } | undefined)?.digest === digest ? 'known' : 'differs'
    },
    close: () => { db.close() },
  }
}

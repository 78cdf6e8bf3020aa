/** How much room the history takes, and how it is kept within its limit. What is let go is recordings only: summaries stay, and a run can be made again to the same digest. */
import { statSync } from 'node:fs'
import type { HistoryDatabase } from './database'
import type { HistorySpace } from './history-types'
import { deleteRecording, type Folders } from './recording-files'

const DEFAULT_LIMIT = 4 * 2 ** 30
export const SMALLEST_LIMIT = 2 ** 20
const LIMIT = 'limitBytes'

export function spaceUsed(db: HistoryDatabase, databasePath: string): HistorySpace {
  const one = (sql: string): number => Number(db.row(sql)?.['n'] ?? 0)
  const total = db.row("SELECT count(*) AS files, coalesce(sum(bytes), 0) AS bytes FROM recording WHERE state = 'kept'")
  return {
    entries: one('SELECT count(*) AS n FROM entry WHERE removed_ms IS NULL'), runs: one('SELECT coalesce(sum(ended), 0) AS n FROM entry WHERE removed_ms IS NULL'),
    recordings: Number(total?.['files'] ?? 0), recordingBytes: Number(total?.['bytes'] ?? 0),
    pinnedBytes: one(`SELECT coalesce(sum(bytes), 0) AS n FROM recording WHERE state = 'kept' AND name IN (${PINNED})`),
    removedBytes: one(`SELECT coalesce(sum(bytes), 0) AS n FROM recording WHERE state = 'kept' AND name NOT IN (${LIVE}) AND name IN (SELECT recording FROM run WHERE recording IS NOT NULL)`),
    databaseBytes: sizeOf(databasePath) + sizeOf(`${databasePath}-wal`), limitBytes: limitOf(db),
  }
}

export function limitOf(db: HistoryDatabase): number {
  return Number(db.setting(LIMIT) ?? DEFAULT_LIMIT)
}

export function setLimit(db: HistoryDatabase, bytes: number): void {
  db.setSetting(LIMIT, String(bytes))
}

/** Lets recordings go until they are within the limit: of removed entries first, then the oldest; pinned and running ones never. How many went. */
export function makeRoom(db: HistoryDatabase, folders: Folders): { readonly recordings: number; readonly bytes: number } {
  let excess = Number(db.row("SELECT coalesce(sum(bytes), 0) AS n FROM recording WHERE state = 'kept'")?.['n'] ?? 0) - limitOf(db)
  let recordings = 0
  let bytes = 0
  while (excess > 0) {
    const batch = db.rows(CANDIDATES)
    if (batch.length === 0) break
    for (const row of batch) {
      if (excess <= 0) break
      const name = String(row['name'])
      // The table first: a file without mention is only waste, a mention without file would be a broken promise.
      db.setRecordingState(name, 'let-go')
      deleteRecording(folders, name)
      excess -= Number(row['bytes'])
      bytes += Number(row['bytes'])
      recordings++
    }
  }
  return { recordings, bytes }
}

const PINNED = "SELECT recording FROM run JOIN entry ON entry.id = run.entry WHERE recording IS NOT NULL AND (pinned = 1 OR entry.state = 'running')"
const LIVE = 'SELECT recording FROM run JOIN entry ON entry.id = run.entry WHERE recording IS NOT NULL AND removed_ms IS NULL'
const CANDIDATES = `SELECT recording.name, recording.bytes FROM recording WHERE state = 'kept' AND name NOT IN (${PINNED}) ORDER BY name IN (${LIVE}), made_ms LIMIT 100`

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

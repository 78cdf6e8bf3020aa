/** Lists of entries: searched, filtered, newest first; removal and its undoing; what a lab that ended without closing was at. */
import type { SQLInputValue } from 'node:sqlite'
import { isProcessAlive } from '../process-began'
import type { HistoryDatabase, Row } from './database'
import type { HistoryEntry, HistoryQuery, Owner, Unclean } from './history-types'

const MOST = 1000
const USUAL = 100

/** `engine` is this lab's. */
export function listEntries(db: HistoryDatabase, query: HistoryQuery, engine: string): { readonly entries: readonly HistoryEntry[]; readonly total: number } {
  const { where, values } = conditions(query)
  const total = Number(db.row(`SELECT count(*) AS n FROM entry WHERE ${where}`, ...values)?.['n'] ?? 0)
  const limit = Math.min(MOST, Math.max(1, query.limit ?? USUAL))
  const rows = db.rows(`${SELECT} WHERE ${where} ORDER BY created_ms DESC, id DESC LIMIT ? OFFSET ?`, ...values, limit, Math.max(0, query.offset ?? 0))
  return { total, entries: rows.map((row) => readEntry(row, engine)) }
}

export function findEntry(db: HistoryDatabase, id: string, engine: string): HistoryEntry | undefined {
  const row = db.row(`${SELECT} WHERE id = ?`, id)
  return row === undefined ? undefined : readEntry(row, engine)
}

export function allTags(db: HistoryDatabase): readonly string[] {
  return db.rows('SELECT DISTINCT tag FROM tag ORDER BY tag').map((row) => String(row['tag']))
}

/** Entries whose lab is gone are no longer running. */
export function markInterrupted(db: HistoryDatabase, nowMs: number): void {
  for (const row of db.rows("SELECT DISTINCT owner_pid, owner_began FROM entry WHERE state = 'running'")) {
    const [pid, began] = [Number(row['owner_pid']), String(row['owner_began'])]
    if (!isProcessAlive({ pid, began })) db.run("UPDATE entry SET state = 'interrupted', ended_ms = ? WHERE state = 'running' AND owner_pid = ? AND owner_began = ?", nowMs, pid, began)
  }
}

/** This process is at work on the history. */
export function openSession(db: HistoryDatabase, { pid, began, host }: Owner, nowMs: number): void {
  db.run('INSERT INTO session (pid, began, host, started_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING', pid, began, host, nowMs)
}

/** What its window shows, to be offered back after a crash. */
export function showInSession(db: HistoryDatabase, { pid, began }: Owner, entries: readonly string[]): void {
  db.run('UPDATE session SET shown = ? WHERE pid = ? AND began = ?', JSON.stringify(entries), pid, began)
}

/** The lab closes in order: nothing is to be offered back. */
export function closeSession(db: HistoryDatabase, { pid, began }: Owner): void {
  db.run('DELETE FROM session WHERE pid = ? AND began = ?', pid, began)
}

/** What dead labs with a window had open; stays until `forgetUnclean`. */
export function uncleanSessions(db: HistoryDatabase, engine: string): Unclean {
  const dead = db.rows('SELECT pid, began, shown, started_ms FROM session').filter((row) => !isProcessAlive({ pid: Number(row['pid']), began: String(row['began']) }))
  const shown = dead.flatMap((row) => words(row['shown']))
  const interrupted = dead.flatMap((row) => db.rows(`${SELECT} WHERE state = 'interrupted' AND removed_ms IS NULL AND owner_pid = ? AND owner_began = ?`, row['pid'] as number, row['began'] as string))
  return { shown: [...new Set(shown)], interrupted: interrupted.map((row) => readEntry(row, engine)) }
}

export function forgetUnclean(db: HistoryDatabase): void {
  for (const row of db.rows('SELECT pid, began FROM session')) {
    const name = { pid: Number(row['pid']), began: String(row['began']) }
    if (!isProcessAlive(name)) db.run('DELETE FROM session WHERE pid = ? AND began = ?', name.pid, name.began)
  }
}

const SELECT = `SELECT entry.*, (SELECT json_group_array(tag) FROM tag WHERE tag.entry = entry.id) AS tags,
  (SELECT count(*) FROM run JOIN recording ON recording.name = run.recording WHERE run.entry = entry.id AND recording.state = 'kept') AS recordings,
  (SELECT coalesce(sum(bytes), 0) FROM run JOIN recording ON recording.name = run.recording WHERE run.entry = entry.id AND recording.state = 'kept') AS bytes FROM entry`

function conditions(query: HistoryQuery): { readonly where: string; readonly values: readonly SQLInputValue[] } {
  const parts = [query.removed === true ? 'removed_ms IS NOT NULL' : 'removed_ms IS NULL']
  const values: SQLInputValue[] = []
  const add = (sql: string, ...more: SQLInputValue[]): void => { parts.push(sql); values.push(...more) }
  for (const word of (query.text ?? '').toLowerCase().split(/\s+/).filter((one) => one !== '')) {
    // instr, not LIKE: % and _ mean themselves.
    add("(instr(words, ?) OR instr(lower(coalesce(name, '')), ?) OR instr(lower(note), ?) OR EXISTS (SELECT 1 FROM tag WHERE tag.entry = entry.id AND instr(lower(tag), ?)))", word, word, word, word)
  }
  for (const tag of query.tags ?? []) add('EXISTS (SELECT 1 FROM tag WHERE tag.entry = entry.id AND tag = ?)', tag)
  if (query.pinned === true) add('pinned = 1')
  if (query.kind !== undefined) add('kind = ?', query.kind)
  return { where: parts.join(' AND '), values }
}

function readEntry(row: Row, engine: string): HistoryEntry {
  const text = (name: string): string => String(row[name])
  const number = (name: string): number => Number(row[name])
  return {
    id: text('id'), kind: row['kind'] as HistoryEntry['kind'], origin: row['origin'] as HistoryEntry['origin'], title: { en: text('title_en'), zh: text('title_zh') },
    note: text('note'), tags: words(row['tags']), pinned: row['pinned'] === 1,
    scenario: text('scenario'), kernel: text('kernel'), engine: text('engine'), otherEngine: row['engine'] !== engine, machines: list(row['machines']) as HistoryEntry['machines'],
    seeds: number('seeds'), runs: number('planned'), ended: number('ended'), lost: number('lost'), ejected: number('ejected'), state: row['state'] as HistoryEntry['state'],
    createdMs: number('created_ms'), recordings: number('recordings'), bytes: number('bytes'),
    ...(row['name'] === null ? {} : { name: text('name') }), ...(row['error'] === null ? {} : { error: text('error') }),
    ...(row['ended_ms'] === null ? {} : { endedMs: number('ended_ms') }), ...(row['removed_ms'] === null ? {} : { removedMs: number('removed_ms') }),
  }
}

/** A list that was written as JSON; empty when it is damaged. */
function list(json: unknown): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(String(json))
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}

function words(json: unknown): readonly string[] {
  return list(json).filter((word) => typeof word === 'string')
}

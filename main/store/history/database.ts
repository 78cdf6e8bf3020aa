/** Reads and writes the tables of the history; every change is one transaction. Synchronous, so it belongs to the history's thread. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { DigestConflict, DoubtedRun, HistoryChange, HistoryReport, KnownRun, NewEntry, NewRun, Owner, Place, StoredRun } from './history-types'
import { readRun, runRow } from './run-rows'
import { fromSharedJson, toSharedJson } from './shared-json'

export type Row = Readonly<Record<string, unknown>>

interface Tally { readonly ended: number; readonly lost: number; readonly ejected: number }

export class HistoryDatabase {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  /** Prepared once a text. */
  sql(text: string): StatementSync {
    let statement = this.#statements.get(text)
    if (statement === undefined) this.#statements.set(text, statement = this.#db.prepare(text))
    return statement
  }

  rows(text: string, ...values: SQLInputValue[]): readonly Row[] {
    return this.sql(text).all(...values)
  }

  row(text: string, ...values: SQLInputValue[]): Row | undefined {
    return this.sql(text).get(...values)
  }

  run(text: string, ...values: SQLInputValue[]): number {
    return Number(this.sql(text).run(...values).changes)
  }

  /** All of it or none. */
  transaction<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }

  close(): void {
    this.#statements.clear()
    this.#db.close()
  }

  begin(entry: NewEntry, owner: Owner, nowMs: number): void {
    const { id, kind, origin, title, scenario, kernel, engine, lab, machines, seeds, runs, spec, words = [] } = entry
    const found = [id, kind, origin, title.en, title.zh, scenario, kernel, engine, ...machines.flatMap(({ label, policy = '' }) => [label, policy]), ...words]
    const body = packSpec(spec)
    this.transaction(() => {
      this.run(
        `INSERT INTO entry (id, kind, origin, title_en, title_zh, scenario, kernel, engine, lab, machines, seeds, planned, state, created_ms, owner_pid, owner_began, words)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', ?, ?, ?, ?)`,
        id, kind, origin, title.en, title.zh, scenario, kernel, engine, lab, JSON.stringify(machines), seeds, runs, nowMs, owner.pid, owner.began, found.join('\n').toLowerCase(),
      )
      this.run('INSERT INTO spec (entry, body) VALUES (?, ?)', id, body)
    })
  }

  /** A run that is there already is replaced. Conflicts of digests are told, and kept as reports. */
  addRuns(entry: string, runs: readonly NewRun[], nowMs: number): readonly DigestConflict[] {
    return this.transaction(() => {
      const conflicts = runs.flatMap((run) => this.#conflict(entry, run))
      const before = this.#tally(entry, runs)
      for (const run of runs) this.#putRun(entry, run)
      this.#count(entry, before, this.#tally(entry, runs))
      for (const one of conflicts) this.report('digest', `run ${one.key} of ${one.entries.join(' and ')}`, `the same run came to the digests ${one.digests.join(' and ')}`, undefined, nowMs)
      return conflicts
    })
  }

  /** In every entry that has it: the run came to no use, and an entry that was done has failed. */
  doubt({ key, digests, why }: DoubtedRun, nowMs: number): number {
    return this.transaction(() => {
      const rows = this.rows("SELECT entry, point, machine, seed, engine FROM run WHERE key = ? AND state = 'done'", key)
      for (const row of rows) {
        const entry = String(row['entry'])
        const run: NewRun = { point: Number(row['point']), machine: Number(row['machine']), seed: Number(row['seed']), key, state: 'failed', engine: String(row['engine']), error: why, ejections: [], metrics: {} }
        const before = this.#tally(entry, [run])
        this.#putRun(entry, run)
        this.#count(entry, before, this.#tally(entry, [run]))
        this.run("UPDATE entry SET state = 'failed', error = ? WHERE id = ? AND state = 'done'", why, entry)
      }
      if (rows.length > 0) this.report('digest', `run ${key} of ${[...new Set(rows.map((row) => String(row['entry'])))].join(' and ')}`, `the same run came to the digests ${digests.join(' and ')}`, undefined, nowMs)
      return rows.length
    })
  }

  /** The file is on disk before this names it. */
  addRecording(entry: string, place: Place, name: string, bytes: number, nowMs: number): void {
    this.transaction(() => {
      this.run('INSERT INTO recording (name, bytes, made_ms, state) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes, state = excluded.state', name, bytes, nowMs, 'kept')
      this.run('UPDATE run SET recording = ? WHERE entry = ? AND point = ? AND machine = ? AND seed = ?', name, entry, place.point, place.machine, place.seed)
    })
  }

  link(entry: string): void {
    this.run(`UPDATE run SET recording = (SELECT other.recording FROM run AS other JOIN recording ON recording.name = other.recording
      WHERE other.key = run.key AND other.digest = run.digest AND recording.state = 'kept' LIMIT 1) WHERE entry = ? AND recording IS NULL`, entry)
  }

  end(entry: string, state: string, error: string | undefined, nowMs: number): void {
    this.run('UPDATE entry SET state = ?, error = ?, ended_ms = ? WHERE id = ?', state, error ?? null, nowMs, entry)
  }

  /** Runs of the entry go on, in this process. */
  resume(entry: string, owner: Owner): void {
    this.run("UPDATE entry SET state = 'running', error = NULL, ended_ms = NULL, owner_pid = ?, owner_began = ? WHERE id = ?", owner.pid, owner.began, entry)
  }

  spec(entry: string): unknown {
    const row = this.row('SELECT body FROM spec WHERE entry = ?', entry)
    try {
      return row === undefined ? undefined : fromSharedJson(zstdDecompressSync(row['body'] as Uint8Array).toString('utf8'))
    } catch {
      // Its checksum differs: the runs' numbers can still be read.
      return undefined
    }
  }

  setSpec(entry: string, spec: unknown): void {
    this.run('INSERT INTO spec (entry, body) VALUES (?, ?) ON CONFLICT (entry) DO UPDATE SET body = excluded.body', entry, packSpec(spec))
  }

  /** `damaged`: how many rows aren't what was written; they are left out. */
  runs(entry: string): { readonly runs: readonly StoredRun[]; readonly damaged: number } {
    const sets = this.#metricSets()
    const read = this.rows(
      `SELECT run.*, recording.state = 'kept' AS recorded FROM run LEFT JOIN recording ON recording.name = run.recording WHERE run.entry = ? ORDER BY point, machine, seed`, entry,
    ).map((row) => readRun(row, sets))
    const runs = read.filter((run) => run !== undefined)
    return { runs, damaged: read.length - runs.length }
  }

  /** The recording of a run: its file's name and what became of it. */
  recordingOf(entry: string, place: Place): { readonly name: string; readonly state: string } | undefined {
    const row = this.row(
      'SELECT recording.name, recording.state FROM run JOIN recording ON recording.name = run.recording WHERE run.entry = ? AND point = ? AND machine = ? AND seed = ?',
      entry, place.point, place.machine, place.seed,
    )
    return row === undefined ? undefined : { name: String(row['name']), state: String(row['state']) }
  }

  setRecordingState(name: string, state: 'kept' | 'let-go' | 'damaged'): void {
    this.run('UPDATE recording SET state = ? WHERE name = ?', state, name)
  }

  /** Finished runs of these keys, those with a recording first. */
  known(keys: readonly string[]): readonly KnownRun[] {
    const sets = this.#metricSets()
    return keys.flatMap((key) => {
      const row = this.row(
        `SELECT run.*, recording.state = 'kept' AS recorded FROM run LEFT JOIN recording ON recording.name = run.recording
         WHERE key = ? AND run.state = 'done' ORDER BY recorded DESC LIMIT 1`, key,
      )
      const run = row === undefined ? undefined : readRun(row, sets)
      if (row === undefined || run === undefined) return []
      const { point, machine, seed, ...rest } = run
      return [{ ...rest, entry: String(row['entry']), place: { point, machine, seed } }]
    })
  }

  change(entry: string, { name, note, pinned, tags }: HistoryChange): boolean {
    return this.transaction(() => {
      if (this.row('SELECT 1 FROM entry WHERE id = ?', entry) === undefined) return false
      if (name !== undefined) this.run('UPDATE entry SET name = ? WHERE id = ?', name === '' ? null : name, entry)
      if (note !== undefined) this.run('UPDATE entry SET note = ? WHERE id = ?', note, entry)
      if (pinned !== undefined) this.run('UPDATE entry SET pinned = ? WHERE id = ?', pinned ? 1 : 0, entry)
      if (tags !== undefined) {
        this.run('DELETE FROM tag WHERE entry = ?', entry)
        for (const tag of new Set(tags)) this.run('INSERT INTO tag (entry, tag) VALUES (?, ?)', entry, tag)
      }
      return true
    })
  }

  report(kind: HistoryReport['kind'], what: string, why: string, keptAs: string | undefined, nowMs: number): void {
    this.run('INSERT INTO report (at_ms, kind, what, why, kept_as) VALUES (?, ?, ?, ?, ?)', nowMs, kind, what, why, keptAs ?? null)
  }

  setting(name: string): string | undefined {
    const row = this.row('SELECT value FROM setting WHERE name = ?', name)
    return row === undefined ? undefined : String(row['value'])
  }

  setSetting(name: string, value: string): void {
    this.run('INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value', name, value)
  }

  /** From the runs themselves, after some were lost. */
  recount(): void {
    this.run(`UPDATE entry SET (ended, lost, ejected) =
      (SELECT count(*), coalesce(sum(run.state <> 'done' OR ending IN ('stuck', 'panic')), 0), coalesce(sum(ejections IS NOT NULL), 0) FROM run WHERE run.entry = entry.id)`)
  }

  #putRun(entry: string, run: NewRun): void {
    const row = runRow(run)
    this.run(
      `INSERT INTO run (entry, point, machine, seed, key, state, engine, digest, ending, diagnosis, error, ejections, metric_set, metrics, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (entry, point, machine, seed) DO UPDATE SET key = excluded.key, state = excluded.state, engine = excluded.engine, digest = excluded.digest, ending = excluded.ending,
       diagnosis = excluded.diagnosis, error = excluded.error, ejections = excluded.ejections, metric_set = excluded.metric_set, metrics = excluded.metrics, checksum = excluded.checksum`,
      entry, run.point, run.machine, run.seed, run.key, run.state, run.engine, run.digest ?? null, run.end ?? null, run.diagnosis ?? null, run.error ?? null,
      row.ejections, row.names === undefined ? null : this.#metricSet(row.names), row.metrics, row.checksum,
    )
  }

  #conflict(entry: string, run: NewRun): readonly DigestConflict[] {
    if (run.state !== 'done' || run.digest === undefined) return []
    const other = this.row("SELECT entry, digest FROM run WHERE key = ? AND state = 'done' AND digest <> ? LIMIT 1", run.key, run.digest)
    return other === undefined ? [] : [{ key: run.key, digests: [String(other['digest']), run.digest], entries: [String(other['entry']), entry] }]
  }

  /** Of these places: how many have ended, came to no use, had a policy ejected. */
  #tally(entry: string, places: readonly Place[]): Tally {
    const tally = { ended: 0, lost: 0, ejected: 0 }
    for (const { point, machine, seed } of places) {
      const row = this.row("SELECT state <> 'done' OR ending IN ('stuck', 'panic') AS lost, ejections IS NOT NULL AS ejected FROM run WHERE entry = ? AND point = ? AND machine = ? AND seed = ?", entry, point, machine, seed)
      tally.ended += row === undefined ? 0 : 1
      tally.lost += Number(row?.['lost'] ?? 0)
      tally.ejected += Number(row?.['ejected'] ?? 0)
    }
    return tally
  }

  /** Kept beside the entry: lists of thousands of entries, and sweeps of thousands of runs, must not count runs. */
  #count(entry: string, before: Tally, after: Tally): void {
    this.run('UPDATE entry SET ended = ended + ?, lost = lost + ?, ejected = ejected + ? WHERE id = ?', after.ended - before.ended, after.lost - before.lost, after.ejected - before.ejected, entry)
  }

  #metricSet(names: string): number {
    this.run('INSERT INTO metric_set (ids) VALUES (?) ON CONFLICT (ids) DO NOTHING', names)
    return Number(this.row('SELECT id FROM metric_set WHERE ids = ?', names)?.['id'])
  }

  #metricSets(): ReadonlyMap<number, string> {
    return new Map(this.rows('SELECT id, ids FROM metric_set').map((row) => [Number(row['id']), String(row['ids'])]))
  }
}

function packSpec(spec: unknown): Uint8Array {
  return zstdCompressSync(Buffer.from(toSharedJson(spec)), { params: { [constants.ZSTD_c_checksumFlag]: 1 } })
}

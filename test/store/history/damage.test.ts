import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fill, newEntry, newRun, open, workspace } from './samples'

const PLACE = { point: 0, machine: 1, seed: 2 }

/** A closed history of several entries: the folder, and the database's path. */
function filled(entries = 3): { readonly folder: string; readonly db: string } {
  const folder = workspace()
  const core = open(folder)
  for (let i = 0; i < entries; i++) fill(core, newEntry({ id: `entry00${i}` }))
  core.change('entry000', { name: 'Mine', tags: ['a', 'b'], pinned: true })
  core.close()
  return { folder, db: join(folder, 'history', 'history.db') }
}

const asideOf = (folder: string): readonly string[] => readdirSync(join(folder, 'history', 'damaged')).toSorted()

const DAMAGES: readonly (readonly [string, (db: string) => void])[] = [
  ['cut in half', (db) => { truncateSync(db, readFileSync(db).length / 2) }],
  ['cut to nothing but its header', (db) => { truncateSync(db, 100) }],
  ['text in its place', (db) => { writeFileSync(db, 'this is no database at all, but somebody\'s notes\n'.repeat(300)) }],
  ['its first page zeroed', (db) => { overwrite(db, 0, Buffer.alloc(4096)) }],
  ['a page of noise in the middle', (db) => { overwrite(db, Math.floor(readFileSync(db).length / 2 / 4096) * 4096, Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 37 + 11) & 255))) }],
  ['a database of something else', (db) => { rmSync(db); const other = new DatabaseSync(db); other.exec('CREATE TABLE bookmarks (url TEXT); INSERT INTO bookmarks VALUES (1)'); other.close() }],
  ['a table missing', (db) => { const one = new DatabaseSync(db); one.exec('DROP TABLE report'); one.close() }],
]

function overwrite(path: string, at: number, bytes: Buffer): void {
  const content = readFileSync(path)
  bytes.copy(content, at)
  writeFileSync(path, content)
}

test.each(DAMAGES)('a database damaged so: %s - is set aside, reported, and rebuilt from what is left', (_, damage) => {
  const { folder, db } = filled()
  damage(db)
  const damaged = readFileSync(db)
  const core = open(folder)
  const aside = asideOf(folder).find((name) => name.endsWith('.db'))
  expect(readFileSync(join(folder, 'history', 'damaged', aside ?? '')).equals(damaged)).toBe(true)
  expect(core.state().reports).toMatchObject([{ kind: 'database', what: 'history.db', keptAs: join(folder, 'history', 'damaged', aside ?? '') }])
  // Every run had a recording, so every run is back, and can be opened.
  expect(core.list({}).entries.map(({ id, ended, recordings }) => [id, ended, recordings]).toSorted()).toEqual([0, 1, 2].map((i) => [`entry00${i}`, 4, 4]))
  for (const { id } of core.list({}).entries) expect(core.recording(id, PLACE).ok).toBe(true)
  fill(core, newEntry({ id: 'entry999' }))
  core.close()
  // The next start finds nothing to mend.
  const again = open(folder)
  expect(again.list({}).total).toBe(4)
  expect(again.state().reports).toHaveLength(1)
  expect(asideOf(folder).filter((name) => name.endsWith('.db'))).toHaveLength(1)
})

test('what can be read of a damaged database keeps names, tags and pins', () => {
  const { folder, db } = filled()
  // The last page holds no more than a part of the runs.
  truncateSync(db, readFileSync(db).length - 4096)
  const core = open(folder)
  expect(core.find('entry000')).toMatchObject({ name: 'Mine', tags: ['a', 'b'], pinned: true, origin: 'window' })
})

test('entries brought back by their recordings say so, and hold what made their runs', () => {
  const { folder, db } = filled(1)
  rmSync(db)
  writeFileSync(db, 'x'.repeat(5000))
  const core = open(folder)
  const found = core.entry('entry000')
  expect(found?.entry).toMatchObject({ origin: 'found', state: 'done', title: newEntry().title, createdMs: 1000, kernel: 'linux-6.1' })
  expect(found?.spec).toEqual({ found: { outline: { seeds: 2 }, machines: { '0.0': { label: 'linux-6.1', kernel: 'linux-6.1' }, '0.1': { label: 'early', kernel: 'linux-6.1' } } } })
  expect(found?.runs.at(-1)).toMatchObject(newRun({ machine: 1, seed: 2, key: 'entry000-1-2' }))
})

test('any bytes anywhere in the database: it opens, nothing that was there is overwritten, and it works', () => {
  const { folder, db } = filled(2)
  const sound = readFileSync(db)
  fc.assert(fc.property(fc.array(fc.record({ at: fc.nat(sound.length - 1), bytes: fc.uint8Array({ minLength: 1, maxLength: 200 }) }), { minLength: 1, maxLength: 4 }), (hits) => {
    const content = Buffer.from(sound)
    for (const { at, bytes } of hits) content.set(bytes.subarray(0, content.length - at), at)
    rmSync(join(folder, 'history', 'damaged'), { recursive: true, force: true })
    for (const suffix of ['-wal', '-shm']) rmSync(db + suffix, { force: true })
    writeFileSync(db, content)
    const core = open(folder)
    for (const { id } of core.list({}).entries) core.entry(id)
    fill(core, newEntry({ id: 'entrynew' }), false)
    expect(core.find('entrynew')?.ended).toBe(4)
    core.close()
    const aside = existsSync(join(folder, 'history', 'damaged')) ? asideOf(folder).filter((name) => name.endsWith('.db')) : []
    // Either it was sound enough to go on with, or it lies there as it was.
    for (const name of aside.slice(0, 1)) expect(readFileSync(join(folder, 'history', 'damaged', name)).length).toBe(content.length)
  }), { numRuns: 40, seed: 7 })
})

const HARMS: readonly (readonly [string, (path: string) => void])[] = [
  ['empty', (path) => { truncateSync(path, 0) }],
  ['cut off', (path) => { truncateSync(path, readFileSync(path).length - 1) }],
  ['longer', (path) => { appendFileSync(path, 'x') }],
  ['another byte inside', (path) => { overwrite(path, 500, Buffer.from([readFileSync(path)[500] ^ 1])) }],
  ['something else', (path) => { writeFileSync(path, '{"a": 1}') }],
]

test.each(HARMS)('a recording that is %s is set aside, kept and reported; the run stays with its numbers', (_, harm) => {
  const { folder } = filled(1)
  const path = join(folder, 'history', 'recordings', readdirSync(join(folder, 'history', 'recordings')).find((name) => name.startsWith('entry000-1-2')) ?? '')
  harm(path)
  const harmed = readFileSync(path)
  const core = open(folder)
  expect(core.recording('entry000', PLACE)).toMatchObject({ ok: false, why: 'damaged' })
  const [report] = core.state().reports
  expect(report).toMatchObject({ kind: 'recording', keptAs: expect.stringContaining('damaged') })
  expect(readFileSync(report.keptAs ?? '').equals(harmed)).toBe(true)
  expect(core.recording('entry000', PLACE)).toMatchObject({ ok: false, why: 'damaged', message: expect.stringContaining('set aside') })
  expect(core.entry('entry000')?.runs.map(({ recorded, metrics }) => [recorded, metrics['run_time']])).toEqual([[true, 1001], [true, 1002], [true, 1001], [false, 1002]])
  expect(core.recording('entry000', { ...PLACE, seed: 1 }).ok).toBe(true)
})

test('a number that changed in the database is noticed: its run is left out and reported', () => {
  const { folder, db } = filled(1)
  const one = new DatabaseSync(db)
  const metrics = one.prepare("SELECT metrics FROM run WHERE machine = 1 AND seed = 2").get()?.['metrics'] as Uint8Array
  metrics[3] ^= 1
  one.prepare("UPDATE run SET metrics = ? WHERE machine = 1 AND seed = 2").run(metrics)
  one.prepare('UPDATE spec SET body = ?').run(Uint8Array.of(1, 2, 3))
  one.close()
  const core = open(folder)
  const found = core.entry('entry000')
  expect(found?.runs.map(({ machine, seed }) => [machine, seed])).toEqual([[0, 1], [0, 2], [1, 1]])
  expect(found?.spec).toBeUndefined()
  expect(core.state().reports).toMatchObject([{ kind: 'database', what: '1 runs of entry000' }])
})

test('a recording that is gone is said to be, and is no damage', () => {
  const { folder } = filled(1)
  rmSync(join(folder, 'history', 'recordings'), { recursive: true })
  const core = open(folder)
  expect(core.recording('entry000', PLACE)).toMatchObject({ ok: false, why: 'let-go' })
  expect(core.state().reports).toEqual([])
})

test('a history of a newer lab is left alone', () => {
  const { folder, db } = filled(1)
  const newer = new DatabaseSync(db)
  newer.exec('PRAGMA user_version = 99; PRAGMA journal_mode = DELETE')
  newer.close()
  const before = readFileSync(db)
  expect(() => open(folder)).toThrow(/newer lab/)
  expect(readFileSync(db).equals(before)).toBe(true)
  expect(existsSync(join(folder, 'history', 'damaged'))).toBe(false)
})

test('a database that another process replaced under an open history is taken up', () => {
  const { folder, db } = filled(1)
  const core = open(folder)
  const other = workspace()
  const second = open(other)
  fill(second, newEntry({ id: 'fromhere' }))
  second.close()
  mkdirSync(join(folder, 'moved'))
  for (const suffix of ['-wal', '-shm']) if (existsSync(db + suffix)) copyFileSync(db + suffix, join(folder, 'moved', `x${suffix}`))
  rmSync(db)
  for (const suffix of ['-wal', '-shm']) rmSync(db + suffix, { force: true })
  copyFileSync(join(other, 'history', 'history.db'), db)
  expect(core.list({}).entries.map(({ id }) => id)).toEqual(['fromhere'])
})

test('mending that can\'t be done (a full disk, a folder without rights) leaves the damaged database where it was, for the next time', () => {
  const { folder, db } = filled()
  truncateSync(db, readFileSync(db).length / 2)
  const damaged = readFileSync(db)
  // In the way of the new one.
  mkdirSync(join(`${db}.new`, 'x'), { recursive: true })
  expect(() => open(folder)).toThrow()
  expect(readFileSync(db).equals(damaged)).toBe(true)
  rmSync(`${db}.new`, { recursive: true })
  const core = open(folder)
  expect(core.list({}).total).toBe(3)
  expect(core.state().reports).toMatchObject([{ kind: 'database', what: 'history.db' }])
  expect(readFileSync(core.state().reports[0]?.keptAs ?? '').equals(damaged)).toBe(true)
})

test('a lab that died while it mended: what was whole is put in place, what was not is begun again', () => {
  const { folder, db } = filled()
  copyFileSync(db, `${db}.new`)
  rmSync(db)
  const core = open(folder)
  expect(core.find('entry000')).toMatchObject({ name: 'Mine', pinned: true })
  core.close()
  expect(existsSync(`${db}.new`)).toBe(false)
  truncateSync(db, readFileSync(db).length / 2)
  writeFileSync(`${db}.new`, 'half')
  writeFileSync(`${db}.new-wal`, 'written')
  const again = open(folder)
  expect(again.list({}).total).toBe(3)
  expect(again.state().reports).toHaveLength(1)
})

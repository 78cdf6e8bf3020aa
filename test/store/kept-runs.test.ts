import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openKept } from '../../main/store/kept-runs'

let folder = ''
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'kept-test-')) })
afterEach(() => { rmSync(folder, { recursive: true, force: true }) })
const file = (): string => join(folder, 'runs.sqlite')

test('what was put is there after a restart; the first digest stays', () => {
  const first = openKept<{ readonly n: number }>(file())
  expect([first.put('a', 'd1', { n: 1 }), first.put('a', 'd1', { n: 1 }), first.put('a', 'd2', { n: 2 }), first.put('b', 'd3', { n: 3 })]).toEqual(['new', 'known', 'differs', 'new'])
  first.close()
  const second = openKept<{ readonly n: number }>(file())
  expect([second.get('a'), second.get('b'), second.get('c')]).toEqual([{ n: 1 }, { n: 3 }, undefined])
  second.close()
})

test('two processes may have it open at once', () => {
  const [one, two] = [openKept<number>(file()), openKept<number>(file())]
  one.put('a', 'd', 1)
  two.put('b', 'd', 2)
  expect([one.get('b'), two.get('a')]).toEqual([2, 1])
  one.close()
  two.close()
})

test('a file that is damaged, of something else or of a later version is left as it is', () => {
  writeFileSync(file(), 'no database, but long enough to be taken for one: '.repeat(40))
  const before = readFileSync(file())
  expect(() => openKept(file())).toThrow(/can't be used to keep runs \(it was left as it is\): file is not a database/)
  expect(readFileSync(file()).equals(before)).toBe(true)

  const other = new DatabaseSync(join(folder, 'other.sqlite'))
  other.exec('CREATE TABLE music (song TEXT)')
  other.close()
  expect(() => openKept(join(folder, 'other.sqlite'))).toThrow(/database of something else/)

  const later = new DatabaseSync(join(folder, 'later.sqlite'))
  later.exec('PRAGMA user_version = 9')
  later.close()
  expect(() => openKept(join(folder, 'later.sqlite'))).toThrow(/version 9/)
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeHolder, lockWorkspace } from '../../main/hosts/workspace-lock'
import type { WorkspaceLock } from '../../main/hosts/workspace-lock'
import { put, temporaryFolder } from '../boot/temporary'

const FILE = '.lab-lock.json'

function take(folder: string): WorkspaceLock {
  const attempt = lockWorkspace(folder, 'browser')
  if (!attempt.ok) throw new Error('taken')
  return attempt.lock
}

test('a second start learns who is there and where', () => {
  const folder = temporaryFolder()
  take(folder).announce('http://127.0.0.1:4000/')
  const second = lockWorkspace(folder, 'electron')
  expect(second).toMatchObject({ ok: false, holder: { pid: process.pid, host: 'browser', address: 'http://127.0.0.1:4000/' } })
  if (!second.ok) expect(describeHolder('/home/x/lab', second.holder)).toBe(`The lab is already open on /home/x/lab: process ${process.pid}, at http://127.0.0.1:4000/. Use that one, close it first, or name another folder with --workspace.`)
})

test('a released lock is free, and leaves nothing behind', () => {
  const folder = temporaryFolder()
  const lock = take(folder)
  lock.announce('http://127.0.0.1:1/')
  lock.release()
  expect(readdirSync(folder)).toEqual([])
  take(folder)
})

test.each<[string, string]>([
  ['of a process that is gone', JSON.stringify({ pid: 999_999_999, began: '1', host: 'browser' })],
  ['of a number that is another process by now', JSON.stringify({ pid: process.pid, began: 'long ago', host: 'browser' })],
  ['that is half a file', '{"pid":'], ['that is empty', ''], ['that is something else', '[1]'],
])('a lock %s is taken over', (_, text) => {
  const folder = temporaryFolder({ [FILE]: text })
  take(folder)
  expect(JSON.parse(readFileSync(join(folder, FILE), 'utf8'))).toMatchObject({ pid: process.pid })
  expect(readdirSync(folder)).toEqual([FILE])
})

test('a lock that another took meanwhile is neither released nor announced by the first', () => {
  const folder = temporaryFolder()
  const lock = take(folder)
  put(folder, FILE, JSON.stringify({ pid: 1, began: 'x', host: 'browser' }))
  lock.announce('http://127.0.0.1:1/')
  lock.release()
  expect(JSON.parse(readFileSync(join(folder, FILE), 'utf8'))).toEqual({ pid: 1, began: 'x', host: 'browser' })
})

test('of many starts at once on a stale lock exactly one gets it', async () => {
  const folder = temporaryFolder({ [FILE]: JSON.stringify({ pid: 999_999_999, began: '1', host: 'browser' }) })
  const lockModule = new URL('../../main/hosts/workspace-lock.ts', import.meta.url).href
  const script = put(folder, 'start.mjs', `const { lockWorkspace } = await import(${JSON.stringify(lockModule)})
    process.stdin.once('data', () => { console.log(lockWorkspace(${JSON.stringify(folder)}, 'browser').ok); process.stdin.once('data', () => process.exit()) })
    console.log('up')`)
  const register = new URL('../../main/boot/register.mjs', import.meta.url).href
  const starts = Array.from({ length: 6 }, () => spawn(process.execPath, ['--import', register, script], { stdio: ['pipe', 'pipe', 'inherit'] }))
  await Promise.all(starts.map((start) => once(start.stdout, 'data')))
  const answers = starts.map((start) => once(start.stdout, 'data').then(([data]) => String(data).trim()))
  for (const start of starts) start.stdin.write('go\n')
  expect((await Promise.all(answers)).sort()).toEqual(['false', 'false', 'false', 'false', 'false', 'true'])
  for (const start of starts) start.stdin.write('end\n')
  await Promise.all(starts.map((start) => once(start, 'exit')))
})

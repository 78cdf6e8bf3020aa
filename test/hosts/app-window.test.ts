import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { browserArguments, findBrowser, hasDisplay, openAppWindow } from '../../main/hosts/app-window'
import { put, temporaryFolder } from '../boot/temporary'

const LINUX = { env: {}, platform: 'linux', uid: 1000 } as const

test('the first known browser on PATH is taken, if it can be run', () => {
  const [one, two] = [temporaryFolder(), temporaryFolder()]
  put(one, 'chromium', 'not a program', 0o644)
  put(two, 'google-chrome', '#!/bin/sh', 0o755)
  const env = { PATH: `${one}:${two}` }
  expect(findBrowser({ ...LINUX, env })).toBe(join(two, 'google-chrome'))
  put(two, 'chromium', '#!/bin/sh', 0o755)
  expect(findBrowser({ ...LINUX, env })).toBe(join(two, 'chromium'))
  expect(findBrowser({ ...LINUX, env: { ...env, RECLAIM_LAB_BROWSER: '/opt/b' } })).toBe('/opt/b')
  expect(findBrowser({ ...LINUX, env: { PATH: '' } })).toBeUndefined()
})

test('the sandbox goes for root on Linux and for nobody else', () => {
  const sandboxed = (platform: string, uid: number | undefined): boolean => !browserArguments('http://x', '/p', { env: {}, platform, uid }).includes('--no-sandbox')
  expect([sandboxed('linux', 0), sandboxed('linux', 1000), sandboxed('darwin', 0), sandboxed('win32', undefined)]).toEqual([false, true, true, true])
})

test('it is a window of its own, with its own profile, that talks to nobody', () => {
  const args = browserArguments('http://127.0.0.1:1/#code=x', '/p', LINUX)
  for (const flag of ['--app=http://127.0.0.1:1/#code=x', '--user-data-dir=/p', '--disable-background-networking', '--disable-sync', '--disable-component-update']) expect(args).toContain(flag)
  expect(args.filter((flag) => /remote-debugging|disable-web-security|allow-/.test(flag))).toEqual([])
})

test('a display has a name on Linux and is there elsewhere', () => {
  expect([hasDisplay(LINUX), hasDisplay({ ...LINUX, env: { DISPLAY: ':1' } }), hasDisplay({ ...LINUX, env: { WAYLAND_DISPLAY: 'w' } }), hasDisplay({ ...LINUX, platform: 'darwin' })]).toEqual([false, true, true, true])
})

test('the profile and all that the browser writes are in one temporary folder, which goes with the window', async () => {
  const folder = temporaryFolder()
  const program = put(folder, 'browser', `#!/bin/sh\necho "$XDG_CONFIG_HOME|$XDG_CACHE_HOME|$*" > ${folder}/said\nexec sleep 600\n`, 0o755)
  const before = readdirSync(tmpdir())
  const window = await openAppWindow(program, 'http://127.0.0.1:1/', { ...LINUX, env: process.env })
  const profile = join(tmpdir(), readdirSync(tmpdir()).find((name) => name.startsWith('reclaim-lab-window-') && !before.includes(name)) ?? '')
  await expect.poll(() => existsSync(join(folder, 'said')) && readFileSync(join(folder, 'said'), 'utf8').endsWith('\n')).toBe(true)
  expect(readFileSync(join(folder, 'said'), 'utf8')).toMatch(new RegExp(`^${profile}/xdg\\|${profile}/xdg\\|.*--user-data-dir=${profile} `))
  await window.close()
  await window.closed
  expect(existsSync(profile)).toBe(false)
})

test('a browser that dies tells its last words', async () => {
  const program = put(temporaryFolder(), 'browser', '#!/bin/sh\necho first >&2\necho "Missing X server or $DISPLAY" >&2\nexit 1\n', 0o755)
  const window = await openAppWindow(program, 'http://127.0.0.1:1/', { ...LINUX, env: process.env })
  expect(await window.closed).toMatch(/^Missing X server/)
  await window.close()
})

test('a browser that is no program is a reason, not a crash', async () => {
  const window = await openAppWindow('/nowhere/chromium', 'http://127.0.0.1:1/', LINUX)
  expect(await window.closed).toMatch(/ENOENT/)
  await window.close()
})

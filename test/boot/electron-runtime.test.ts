import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { READY_LINE, fetchElectron, findElectron, isCi, startElectron } from '../../main/boot/electron-runtime.mjs'
import { put, temporaryFolder } from './temporary'

/** A program that stands for Electron's. */
function program(script: string): string {
  return put(temporaryFolder(), 'electron', `#!/bin/sh\n${script}\n`, 0o755)
}

const start = (script: string, options: Parameters<typeof startElectron>[1] = {}): ReturnType<typeof startElectron> => startElectron(program(script), { folder: temporaryFolder(), uid: 1000, limitMs: 20_000, ...options })

test('a program that says it is ready is, and may run on', async () => {
  const started = await start(`echo "${READY_LINE}"; exec sleep 60`)
  expect(started.ready).toBe(true)
  started.child?.kill('SIGTERM')
  expect(await started.ended).toBe('SIGTERM')
})

test('one that dies at once is not, and its last words are the reason', async () => {
  const started = await start('echo "one" >&2; echo "The SUID sandbox helper is missing" >&2; exit 3')
  expect(started).toEqual({ ready: false, status: 3, reason: 'Electron ended at once: The SUID sandbox helper is missing' })
})

test('one that is no program is not', async () => {
  const started = await startElectron(join(temporaryFolder(), 'none'), { folder: temporaryFolder() })
  expect(started.ready).toBe(false)
  expect(started.reason).toMatch(/^Electron ended at once .*ENOENT/)
})

test('one that never says so is given up and gone', async () => {
  const folder = temporaryFolder()
  const started = await start(`echo $$ > ${folder}/pid; exec sleep 600`, { limitMs: 300 })
  expect(started).toMatchObject({ ready: false, reason: 'Electron did not come up within 0.3 s.' })
  const { readFileSync } = await import('node:fs')
  expect(() => process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 0)).toThrow(/ESRCH/)
})

test('the sandbox is given up only for root, and editors’ settings do not reach it', async () => {
  const folder = temporaryFolder()
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' }
  const script = `echo "$*" > ${folder}/args; echo "run-as-node=$ELECTRON_RUN_AS_NODE" >> ${folder}/args`
  const { readFileSync } = await import('node:fs')
  const at = temporaryFolder()
  await start(script, { uid: 1000, env, args: ['--workspace=x'], folder: at })
  expect(readFileSync(join(folder, 'args'), 'utf8')).toBe(`${at} --workspace=x\nrun-as-node=\n`)
  await start(script, { uid: 0, env, folder: at })
  expect(readFileSync(join(folder, 'args'), 'utf8')).toBe(process.platform === 'linux' ? `--no-sandbox ${at}\nrun-as-node=\n` : `${at}\nrun-as-node=\n`)
})

test('the program is found without asking the package, which would download', () => {
  const folder = temporaryFolder({ 'node_modules/electron/index.js': 'throw 1' })
  expect(findElectron(folder, {})).toBeUndefined()
  put(folder, 'node_modules/electron/path.txt', 'electron')
  expect(findElectron(folder, {})).toBeUndefined()
  put(folder, 'node_modules/electron/dist/electron', '')
  expect(findElectron(folder, {})).toBe(join(folder, 'node_modules/electron/dist/electron'))
  expect(findElectron(folder, { ELECTRON_OVERRIDE_DIST_PATH: temporaryFolder() })).toBeUndefined()
})

/** A place the runtime could come from, and how often it was asked. */
async function mirror(): Promise<{ readonly address: string; asked: number }> {
  const counted = { address: '', asked: 0 }
  const server = createServer((_request, response) => { counted.asked++; response.writeHead(404).end() })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  counted.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return counted
}

/** Leaves a file behind when it runs. */
const installer = (end: string): string => temporaryFolder({ 'node_modules/electron/install.js': `require('fs').writeFileSync(__dirname + '/ran', ''); ${end}` })
const ran = (folder: string): boolean => existsSync(join(folder, 'node_modules/electron/ran'))
const quiet = { say: () => undefined }

test.each([['1'], ['true'], ['github']])('under CI=%s nothing is fetched, nobody is asked', async (ci) => {
  const place = await mirror()
  const folder = installer('')
  expect(await fetchElectron({ folder, env: { CI: ci, ELECTRON_MIRROR: place.address }, ...quiet })).toBe("Electron's runtime is not installed, and nothing is downloaded under CI.")
  expect([place.asked, ran(folder)]).toEqual([0, false])
})

test('CI=false and CI= are no CI', () => {
  expect([isCi({}), isCi({ CI: '' }), isCi({ CI: 'false' }), isCi({ CI: '0' }), isCi({ CI: 'true' })]).toEqual([false, false, false, false, true])
})

test('a place that can’t be reached is not waited for, and the installer not started', async () => {
  const folder = installer('')
  expect(await fetchElectron({ folder, env: { ELECTRON_MIRROR: 'http://127.0.0.1:1/' }, ...quiet })).toBe("Electron's runtime is not installed, and 127.0.0.1:1 can't be reached to fetch it.")
  expect(ran(folder)).toBe(false)
})

test('a place that never answers is given up', async () => {
  const server = createServer(() => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => { server.closeAllConnections(); server.close() })
  expect(await fetchElectron({ folder: installer(''), env: { ELECTRON_MIRROR: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }, reachMs: 200, ...quiet })).toMatch(/can't be reached to fetch it/)
})

test('the installer is let run, watched, and its failure told', async () => {
  const { address } = await mirror()
  const env = { ...process.env, CI: '', ELECTRON_MIRROR: address }
  const good = installer('')
  expect(await fetchElectron({ folder: good, env, ...quiet })).toBeUndefined()
  expect(ran(good)).toBe(true)
  expect(await fetchElectron({ folder: installer("console.error('HTTPError: 404'); process.exit(1)"), env, ...quiet })).toBe("Electron's runtime could not be fetched: HTTPError: 404.")
  expect(await fetchElectron({ folder: installer('setInterval(() => {}, 1e6)'), env, fetchMs: 300, ...quiet })).toBe("Electron's runtime could not be fetched: not done within 0.3 s.")
})

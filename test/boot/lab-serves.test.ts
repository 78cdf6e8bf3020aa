/** `npm start` where there is no display, as a process: what it prints, who may come in, how it ends. */
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { buildIfStale } from '../../main/boot/build.mjs'
import { root } from '../../main/boot/guard.mjs'
import type { LabApi } from '../../preload/contract'
import { connectLab } from '../../preload/socket-client'
import type { Socket } from '../../preload/socket-client'
import { PROTOCOL, SECRET_PREFIX } from '../../preload/wire'
import { secretFor } from '../hosts/loopback-client'
import { put, temporaryFolder } from './temporary'

// A machine may be busy; nothing here is about speed.

beforeAll(async () => { await buildIfStale() }, 180_000)

const SCRIPT = join(root, 'main/boot/start.mjs')
const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, npm_lifecycle_event: _npm, ...HEADLESS } = process.env

interface Started { readonly child: ChildProcess; readonly address: string; readonly said: () => string }

async function start(workspace: string, { stdin = 'ignore', flags = [], env = {} }: { stdin?: 'ignore' | 'pipe'; flags?: readonly string[]; env?: NodeJS.ProcessEnv } = {}): Promise<Started> {
  const child = spawn(process.execPath, [SCRIPT, `--workspace=${workspace}`, ...flags], { env: { ...HEADLESS, ...env }, stdio: [stdin, 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  const address = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const found = /http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]+/.exec(said)?.[0]
      if (found !== undefined && said.includes('Ctrl-C')) resolve(found)
    })
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${said}`)))
  })
  return { child, address, said: () => said }
}

async function open(address: string): Promise<LabApi> {
  const { origin } = new URL(address)
  const secret = await secretFor(address)
  const client = connectLab({ open: () => Promise.resolve(new WebSocket(`${origin.replace('http', 'ws')}/lab`, [PROTOCOL, SECRET_PREFIX + secret], { origin }) as unknown as Socket) })
  onTestFinished(() => client.close())
  return client.api
}

test('it serves the lab, tells the way in from elsewhere, and ends cleanly on SIGTERM', async () => {
  const workspace = temporaryFolder()
  const { child, address, said } = await start(workspace)
  const { port } = new URL(address)
  expect(said()).toContain('There is no display')
  expect(said()).toContain(`ssh -L ${port}:127.0.0.1:${port} `)
  const lab = await open(address)
  expect(await lab.describe()).toMatchObject({ host: 'browser', workspace: { path: workspace, kept: true } })
  const page = await (await fetch(new URL(address).origin)).text()
  expect(page.indexOf('/bridge.js')).toBeLessThan(page.indexOf('./assets/'))
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(readdirSync(workspace).filter((name) => name.includes('lock'))).toEqual([])
})

test('a second start points to the first and leaves it alone', async () => {
  const workspace = temporaryFolder()
  const { child, address } = await start(workspace)
  const second = spawnSync(process.execPath, [SCRIPT, '--host=none', `--workspace=${workspace}`], { encoding: 'utf8', env: HEADLESS })
  expect(second.status).toBe(75)
  expect(second.stderr).toContain(`already open on ${workspace}: process ${child.pid}, at ${new URL(address).origin}/`)
  expect((await fetch(new URL(address).origin)).status).toBe(200)
  child.kill('SIGINT')
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('it ends when the program that started it closes its input', async () => {
  const { child } = await start(temporaryFolder(), { stdin: 'pipe', flags: ['--host=none'] })
  child.stdin?.end()
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('a port that is taken is told, not waited for', async () => {
  const { address, child } = await start(temporaryFolder())
  const { port } = new URL(address)
  const second = spawnSync(process.execPath, [SCRIPT, '--host=none', `--port=${port}`, `--workspace=${temporaryFolder()}`], { encoding: 'utf8', env: HEADLESS })
  expect([second.status, second.stderr]).toEqual([1, `Port ${port} can't be had (EADDRINUSE); name another with --port, or none.\n`])
  child.kill('SIGTERM')
  await once(child, 'exit')
})

test('a workspace that can’t be written is replaced by one that says so, and that is gone afterwards', async () => {
  const tmp = temporaryFolder()
  // Below a file there can be no folder, for root neither.
  const impossible = join(put(temporaryFolder(), 'file', ''), 'lab')
  const { child, address, said } = await start(impossible, { env: { TMPDIR: tmp } })
  expect(said()).toContain(`Nothing will be kept: ${impossible} `)
  const { workspace } = await (await open(address)).describe()
  expect(workspace).toMatchObject({ kept: false, why: expect.stringContaining(impossible) as string })
  expect(readdirSync(tmp).filter((name) => workspace.path.endsWith(name))).toHaveLength(1)
  child.kill('SIGTERM')
  await once(child, 'exit')
  expect(readdirSync(tmp).filter((name) => workspace.path.endsWith(name))).toEqual([])
})

test('--host=electron does not settle for less, and says why', () => {
  const empty = temporaryFolder()
  const { status, stderr } = spawnSync(process.execPath, [SCRIPT, '--host=electron', `--workspace=${temporaryFolder()}`], { encoding: 'utf8', env: { ...HEADLESS, CI: '1', ELECTRON_OVERRIDE_DIST_PATH: empty } })
  expect([status, stderr]).toEqual([1, "Electron's runtime is not installed, and nothing is downloaded under CI.\n"])
})

/** The built bundles of Electron's side, loaded as Electron would load them, against the stand-in: the real lab, the real runner in a process of its own. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildIfStale } from '../../main/boot/build.mjs'
import type { ExperimentStatus, LabApi } from '../../preload/contract'
import { REQUEST_NAMES } from '../../preload/requests'
import { importsOf } from '../arch/sources'
import { ROOT } from '../arch/sources'
import { createStandIn } from './electron-stand-in'
import { endBundle, startBundle } from './load-bundle'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'

const OUT = join(ROOT, 'out')
const electron = createStandIn()
const workspace = mkdtempSync(join(tmpdir(), 'reclaim-lab-bundles-'))
let api: LabApi

beforeAll(async () => {
  await buildIfStale()
  api = await startBundle(electron, join(OUT, 'main/index.js'), workspace)
})

afterAll(async () => {
  expect(await endBundle(electron)).toBe(0)
  rmSync(workspace, { recursive: true, force: true })
})

test('the main bundle comes up: scheme, window, page', async () => {
  expect(electron.log.exitCode).toBeUndefined()
  expect(electron.log.calls).toContain('enableSandbox')
  expect(electron.log.windows).toHaveLength(1)
  expect(electron.log.windows[0].shown).toBe(true)
  const page = await electron.log.windows[0].loaded?.text()
  expect(page).toMatch(/<script type="module"/)
  expect(page).not.toContain('bridge.js')
})

test('the window’s options are the strict ones, and its preload is the built one', () => {
  expect(electron.log.windows[0].options.webPreferences).toEqual({ preload: join(OUT, 'preload/index.cjs'), contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true, webviewTag: false, spellcheck: false })
})

test('the preload bundle shows the page the contract', () => {
  expect([...electron.log.exposed.keys()]).toEqual(['lab'])
  expect(Object.keys(api).sort()).toEqual([...REQUEST_NAMES, 'on'].sort())
})

test('the lab answers through both bundles', async () => {
  const description = await api.describe()
  expect(description.host).toBe('electron')
  expect(description.workspace).toMatchObject({ path: workspace, kept: true })
  expect(description.presets.length).toBeGreaterThan(0)
  expect(description.apiTypes).toContain('definePolicy')
  expect(description.kernels.map(({ name }) => name)).toContain('linux-6.1')
})

test('a workspace file goes and comes back', async () => {
  const text = "import { definePolicy } from 'reclaim-lab'\nexport default definePolicy({ api: 1, name: 'mine' })\n"
  const saved = await api.save('policies/mine.ts', text, '')
  expect(saved).toMatchObject({ ok: true })
  expect(await api.read('policies/mine.ts')).toMatchObject({ ok: true, value: { text } })
  expect(await api.check('policies/mine.ts', text)).toMatchObject({ ok: true, errors: [] })
})

test('a run goes through a runner of its own process, as a utility process would', async () => {
  const { presets } = await api.describe()
  const ended = new Promise<ExperimentStatus>((resolve) => api.on('experiment', (status) => { if (status.state !== 'running') resolve(status) }))
  const started = await api.compare({ scenario: { kind: 'preset', id: presets[0].id }, base: presets[0].base, policies: [], seeds: 1, set: {} })
  expect(started).toMatchObject({ ok: true })
  const status = await ended
  expect(status).toMatchObject({ state: 'done', runs: [{ state: 'done', machine: 0, seed: 1 }] })
  expect(status.runs[0].digest).toMatch(/^[0-9a-f]+$/)
})

test('nothing but the entry knows Electron, and no bundle has what the page’s policy forbids', () => {
  const bundles = readdirSync(join(OUT, 'main'), { recursive: true }).map(String).filter((name) => name.endsWith('.js'))
  expect(bundles.filter((name) => importsOf(name, readFileSync(join(OUT, 'main', name), 'utf8')).some(({ specifier }) => specifier === 'electron'))).toEqual(['index.js'])
  const html = readFileSync(join(OUT, 'renderer/index.html'), 'utf8')
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/)
  expect(html).not.toMatch(/\son\w+=/)
  expect([...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, target]) => target).filter((target) => !target.startsWith('./') && !target.startsWith('data:'))).toEqual([])
})

test('each preload is one file that needs at most Electron', () => {
  expect(readdirSync(join(OUT, 'preload')).sort()).toEqual(['browser.cjs', 'index.cjs'])
  expect(importsOf('index.js', readFileSync(join(OUT, 'preload/index.cjs'), 'utf8')).map(({ specifier }) => specifier)).toEqual(['electron'])
  expect(importsOf('browser.js', readFileSync(join(OUT, 'preload/browser.cjs'), 'utf8'))).toEqual([])
  expect(readFileSync(join(OUT, 'preload/browser.cjs'), 'utf8')).not.toMatch(/\bexports\b|\bmodule\.|import\.meta/)
  expect(existsSync(join(OUT, 'main/browser.js'))).toBe(true)
})

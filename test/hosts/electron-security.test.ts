/**
 * Electron's security checklist (its tutorial/security, numbered as there), as far as it can be seen without the runtime. Not seen here: that a real Electron honours it, and
 * 19 (fuses): packaging.test.ts.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { bridgeLab, denyTheRest, openWindow, registerScheme, serveFiles } from '../../main/hosts/electron'
import { CONTENT_SECURITY_POLICY } from '../../main/hosts/headers'
import { REQUEST_CHANNEL } from '../../preload/channels'
import { REQUEST_NAMES } from '../../preload/requests'
import { ROOT, typescriptSources } from '../arch/sources'
import { freshElectron } from './electron-module'
import type { StandIn, StandInFrame } from './electron-stand-in'
import { fakeLab } from './fake-lab'
import type { FakeLab } from './fake-lab'
import { FILES } from './loopback-client'

let electron: StandIn
let lab: FakeLab

beforeEach(async () => {
  electron = freshElectron()
  lab = fakeLab()
  registerScheme()
  denyTheRest()
  serveFiles(FILES)
  bridgeLab(lab)
  await openWindow('/preload.cjs')
})

const options = (): Electron.BrowserWindowConstructorOptions => electron.log.windows[0].options
const contents = (): StandIn['log']['windows'][number]['webContents'] => electron.log.windows[0].webContents
const page = (): StandInFrame => ({ url: 'app://lab/index.html', parent: null })

test('1, 18: only our own files, under our own scheme, which is secure and no file://', () => {
  expect(contents().mainFrame.url).toBe('app://lab/index.html')
  expect(electron.log.schemes).toEqual([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }])
  const hosts = typescriptSources().filter(({ path }) => /^main\/(index|hosts\/electron)/.test(path)).map(({ text }) => text).join('\n')
  expect(hosts).not.toMatch(/loadFile\(|file:\/\/|https?:\/\//)
})

test('2, 3, 4: no Node in the page, isolated, sandboxed', () => {
  expect(options().webPreferences).toMatchObject({ nodeIntegration: false, contextIsolation: true, sandbox: true })
  for (const name of ['nodeIntegrationInWorker', 'nodeIntegrationInSubFrames']) expect(options().webPreferences).not.toHaveProperty(name)
})

test('5: every permission is denied, whatever asks', () => {
  const { request, check, device } = electron.log.permissions
  const answers: boolean[] = []
  for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'fullscreen'] as const) request?.(undefined as never, permission as never, (granted) => answers.push(granted), undefined as never)
  expect(answers).toEqual([false, false, false, false, false, false])
  expect(check?.(null, 'media', 'app://lab', {} as never)).toBe(false)
  expect(device?.({} as never)).toBe(false)
})

test('6, 8, 9, 10: web security stays, nothing insecure or experimental is switched on', () => {
  expect(options().webPreferences?.webSecurity).toBe(true)
  for (const name of ['allowRunningInsecureContent', 'experimentalFeatures', 'enableBlinkFeatures', 'disableBlinkFeatures']) expect(options().webPreferences).not.toHaveProperty(name)
})

test('7: every answer of the scheme carries the strict policy, the same as the loopback host’s', async () => {
  const answer = electron.log.protocols.get('app')
  for (const url of ['app://lab/index.html', 'app://lab/assets/a.js', 'app://lab/none']) {
    const { headers } = await (answer?.(new Request(url) as never) as Promise<Response>)
    expect(headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  }
})

test.each(['app://lab/../package.json', 'app://lab/assets/..%2fpackage.json', 'app://lab//etc/passwd', 'app://other/index.html', 'app://lab/assets/a.js?x'])('7: %s is no file of ours', async (url) => {
  expect((await (electron.log.protocols.get('app')?.(new Request(url) as never) as Promise<Response>)).status).toBe(404)
})

test('11, 12: there are no webviews and none can be attached', () => {
  expect(options().webPreferences?.webviewTag).toBe(false)
  expect(prevented('will-attach-webview')).toBe(true)
})

test('13: the page can go nowhere', () => {
  expect(['will-navigate', 'will-frame-navigate', 'will-redirect'].map(prevented)).toEqual([true, true, true])
})

test('14: it can open no window', () => {
  expect(contents().openHandler?.({ url: 'https://example.org' } as never)).toEqual({ action: 'deny' })
})

test('15: nothing is handed to the system to open', () => {
  expect(typescriptSources().filter(({ path, text }) => /^(main|preload)\//.test(path) && /openExternal|openPath/.test(text)).map(({ path }) => path)).toEqual([])
})

test('16: Electron is pinned to one version, of the newest line known when this was written', () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly devDependencies: Readonly<Record<string, string>> }
  expect(manifest.devDependencies['electron']).toMatch(/^(4[5-9]|[5-9]\d)\.\d+\.\d+$/)
})

test.each<[string, StandInFrame | null]>([
  ['a foreign page', { url: 'https://evil.example/', parent: null }], ['a page that looks like ours', { url: 'app://lab.evil/index.html', parent: null }], ['another page of ours', { url: 'app://lab/other.html', parent: null }],
  ['a file', { url: 'file:///index.html', parent: null }], ['a frame inside our page', { url: 'app://lab/index.html', parent: page() as never }], ['a frame that is gone', null], ['an empty page', { url: 'about:blank', parent: null }],
])('17: %s is not answered', async (_, frame) => {
  expect(await electron.invokeFrom(frame, REQUEST_CHANNEL, 'files', [])).toMatchObject({ ok: false, fault: { name: 'RefusedRequest' } })
  expect(lab.calls).toEqual([])
})

test('17: our page is, wherever it has scrolled to', async () => {
  expect(await electron.invokeFrom({ ...page(), url: 'app://lab/index.html#chart' }, REQUEST_CHANNEL, 'files', [])).toEqual({ ok: true, value: [] })
})

test('17: events go to our page only', () => {
  const sent: unknown[] = []
  contents().send = (...args) => void sent.push(args)
  lab.emit('policies', [])
  contents().mainFrame.url = 'https://evil.example/'
  lab.emit('policies', [])
  expect(sent).toEqual([['lab:event', 'policies', []]])
})

test('20: the page gets the lab’s requests and nothing of Electron', async () => {
  vi.resetModules()
  vi.doMock('electron', () => electron.preload)
  await import('../../preload/index')
  expect([...electron.log.exposed.keys()]).toEqual(['lab'])
  expect(Object.keys(electron.log.exposed.get('lab') as object).sort()).toEqual([...REQUEST_NAMES, 'on'].sort())
  expect([...electron.log.handlers.keys()]).toEqual([REQUEST_CHANNEL])
})

test('without a menu there is no key to developer tools', () => {
  expect(electron.log.calls).toContain(process.platform === 'darwin' ? 'setApplicationMenu' : 'setApplicationMenu null')
})

function prevented(event: string): boolean {
  let stopped = false
  contents().emit(event, { preventDefault: () => { stopped = true } })
  return stopped
}

test('only what our page made can be saved, and only where the person says', () => {
  const download = (url: string): { prevented: boolean; options?: Electron.SaveDialogOptions } => {
    const seen: { prevented: boolean; options?: Electron.SaveDialogOptions } = { prevented: false }
    electron.sessionEvents.emit('will-download', { preventDefault: () => { seen.prevented = true } }, {
      getURL: () => url, getFilename: () => 'report.html', setSaveDialogOptions: (options: Electron.SaveDialogOptions) => { seen.options = options },
    } satisfies Pick<Electron.DownloadItem, 'getURL' | 'getFilename' | 'setSaveDialogOptions'>)
    return seen
  }
  for (const url of ['https://example.org/x', 'app://lab/index.html', 'blob:https://example.org/1', 'data:text/plain,x', 'file:///etc/passwd', 'blob:app://lab.evil/1']) expect([url, download(url)]).toEqual([url, { prevented: true }])
  // No path is set, so Electron asks.
  expect(download('blob:app://lab/5a2c')).toEqual({ prevented: false, options: { defaultPath: 'report.html', properties: ['showOverwriteConfirmation', 'createDirectory'] } })
})

/**
 * The lab's window in Electron: our files under `app://lab`, a sandboxed page, and two IPC channels that only this page's own main frame may use. Everything a page could
 * ask of the system besides (permissions, other windows, other places, webviews) is denied.
 */
import { BrowserWindow, Menu, app, ipcMain, protocol, session } from 'electron'
import type { DownloadItem, IpcMainInvokeEvent, WebContents, WebFrameMain } from 'electron'
import { EVENT_CHANNEL, REQUEST_CHANNEL } from '../../preload/channels'
import { EVENT_NAMES } from '../../preload/requests'
import type { Answer } from '../../preload/requests'
import type { Lab } from '../lab/lab-types'
import { dispatch } from './dispatch'
import { SECURITY_HEADERS } from './headers'
import type { StaticFiles } from './static-files'

const SCHEME = 'app'
const ORIGIN = `${SCHEME}://lab`
const PAGE = `${ORIGIN}/index.html`

/** Before the app is ready: pages of our scheme are as secure and as separate as https ones. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } }])
}

/** Answers every `app://` request from the fixed table. */
export function serveFiles(files: StaticFiles): void {
  protocol.handle(SCHEME, (request) => {
    const path = request.url.startsWith(`${ORIGIN}/`) ? request.url.slice(ORIGIN.length) : ''
    const file = files.get(path)
    if (file === undefined) return new Response(null, { status: 404, headers: SECURITY_HEADERS })
    if (request.method !== 'GET') return new Response(null, { status: 405, headers: SECURITY_HEADERS })
    return new Response(new Uint8Array(file.body), { status: 200, headers: { ...SECURITY_HEADERS, 'content-type': file.type } })
  })
}

/** No permission for anything, and no page but ours in any web contents there may ever be. */
export function denyTheRest(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.defaultSession.setPermissionCheckHandler(() => false)
  session.defaultSession.setDevicePermissionHandler(() => false)
  session.defaultSession.on('will-download', onDownload)
  app.on('web-contents-created', (_event, contents) => confine(contents))
  // Its default entries open developer tools and foreign pages; macOS needs one for copy and paste.
  if (process.platform !== 'darwin') Menu.setApplicationMenu(null)
}

/** Only what our page itself made is saved, and only where the person says: Electron asks by its dialog as long as nobody sets a path. */
function onDownload(event: { preventDefault(): void }, item: DownloadItem): void {
  if (!item.getURL().startsWith(`blob:${ORIGIN}/`)) return event.preventDefault()
  item.setSaveDialogOptions({ defaultPath: item.getFilename(), properties: ['showOverwriteConfirmation', 'createDirectory'] })
}

function confine(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault())
  contents.on('will-frame-navigate', (event) => event.preventDefault())
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

/** The lab for the page: requests in, events out. Returns the function that ends it. */
export function bridgeLab(lab: Lab): () => void {
  ipcMain.handle(REQUEST_CHANNEL, (event, name: unknown, args: unknown): Promise<Answer> | Answer => {
    if (!isOurPage(event)) return { ok: false, fault: { name: 'RefusedRequest', message: 'Only the lab’s own page may ask.' } }
    return dispatch(lab, name, args)
  })
  const stops = EVENT_NAMES.map((name) => lab.on(name, (payload) => {
    for (const window of BrowserWindow.getAllWindows()) if (isOurFrame(window.webContents.mainFrame)) window.webContents.send(EVENT_CHANNEL, name, payload)
  }))
  return () => {
    ipcMain.removeHandler(REQUEST_CHANNEL)
    for (const stop of stops) stop()
  }
}

function isOurPage(event: IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame
  return frame !== null && frame.parent === null && isOurFrame(frame)
}

function isOurFrame(frame: WebFrameMain): boolean {
  return frame.url.split(/[?#]/, 1)[0] === PAGE
}

/** Resolves when the page has loaded; rejects when it can't. */
export async function openWindow(preload: string): Promise<BrowserWindow> {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 800,
    minHeight: 500,
    title: 'Reclaim Lab',
    show: false,
    webPreferences: { preload, contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true, webviewTag: false, spellcheck: false },
  })
  window.once('ready-to-show', () => window.show())
  await window.loadURL(PAGE)
  return window
}

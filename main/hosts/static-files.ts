/**
 * The window's files, read once at start into a fixed table. A request is looked up by its exact text and nothing else: no path is ever built from what a client sends, so
 * there is no path to trick.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'

export interface StaticFile { readonly type: string; readonly body: Buffer }
/** By exact request path: `/`, `/assets/index-x.js`, … */
export type StaticFiles = ReadonlyMap<string, StaticFile>

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.png': 'image/png',
  '.ico': 'image/x-icon', '.ttf': 'font/ttf', '.woff': 'font/woff', '.woff2': 'font/woff2', '.json': 'application/json', '.wasm': 'application/wasm',
}

const BRIDGE_PATH = '/bridge.js'

/** Files of a folder; ones of unknown type are left out. `/` is index.html. */
export function loadStaticFiles(folder: string): StaticFiles {
  const files = new Map<string, StaticFile>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = TYPES[extname(entry.name)]
    if (!entry.isFile() || type === undefined) continue
    const file = join(entry.parentPath, entry.name)
    files.set(`/${relative(folder, file).split(sep).join('/')}`, { type, body: readFileSync(file) })
  }
  const index = files.get('/index.html')
  if (index === undefined) throw new Error(`The window's bundle is incomplete: no index.html in ${folder}.`)
  return files.set('/', index)
}

/** The same window with a script before its own that puts the lab on `window.lab`. */
export function withBridge(files: StaticFiles, bridge: Buffer): StaticFiles {
  const index = files.get('/')
  if (index === undefined) throw new Error('The window has no index.html.')
  const page = { type: index.type, body: Buffer.from(insertScript(index.body.toString('utf8'))) }
  return new Map([...files, ['/', page], ['/index.html', page], [BRIDGE_PATH, { type: TYPES['.js'], body: bridge }]])
}

/** Module scripts run in the order of the document, so the bridge must stand before the window's. */
function insertScript(html: string): string {
  const tag = `<script type="module" src="${BRIDGE_PATH}"></script>`
  const before = html.search(/<script\b/i)
  if (before < 0) throw new Error("The window's index.html loads no script.")
  return html.slice(0, before) + tag + html.slice(before)
}

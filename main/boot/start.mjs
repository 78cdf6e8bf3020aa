// `npm start`: builds if need be, then opens the lab in Electron, or where Electron can't run in a browser's window, or where there is no display as an address to open.
import { parseArgs } from 'node:util'
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { BUILD_NEEDS, buildIfStale } from './build.mjs'
import { fetchElectron, findElectron, startElectron } from './electron-runtime.mjs'
import { guard, root } from './guard.mjs'

const USAGE = `npm start -- [--host=electron|browser|none] [--port=N] [--workspace=FOLDER]

  --host       electron: only Electron. browser: a Chromium or Chrome window. none: serve, print the address. Without it the first of these that works.
  --port       port of the browser host on 127.0.0.1 (default: any free one)
  --workspace  folder of policies, scenarios and runs (default: the user's data folder)`

const EXIT_LOCKED = 75

/** Flags, or the sentence that says what is wrong with them. */
export function parseFlags(args) {
  let values
  try {
    ({ values } = parseArgs({ args, options: { host: { type: 'string' }, port: { type: 'string' }, workspace: { type: 'string' }, help: { type: 'boolean', short: 'h' } } }))
  } catch (error) {
    return { problem: error.message }
  }
  const { host, port, workspace, help } = values
  if (host !== undefined && !['electron', 'browser', 'none'].includes(host)) return { problem: `--host is ${JSON.stringify(host)}; it may be electron, browser or none.` }
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) return { problem: `--port is ${JSON.stringify(port)}; it may be 0 to 65535.` }
  if (workspace === '') return { problem: '--workspace is empty; it names a folder.' }
  return { host, port: port === undefined ? undefined : Number(port), workspace, help }
}

export function hasDisplay(env = process.env, platform = process.platform) {
  return platform === 'darwin' || platform === 'win32' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY)
}

async function main() {
  await guard(BUILD_NEEDS, import.meta.url)
  const flags = parseFlags(process.argv.slice(2))
  if (flags.help) return tell(USAGE, 0)
  if (flags.problem !== undefined) return tell(`${flags.problem}\n\n${USAGE}`, 2)
  await buildIfStale()
  if (flags.host === 'browser' || flags.host === 'none') return serve(flags, flags.host === 'browser')
  if (flags.host === undefined && !hasDisplay()) return serve(flags, false, 'There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set), so the lab opens no window.')
  const electron = await tryElectron(flags)
  if (electron.status !== undefined) return electron.status
  if (flags.host === 'electron') return tell(electron.reason, 1)
  return serve(flags, true, `${electron.reason} The lab opens in a browser's window instead.`)
}

/** `{ status }` when the lab ran in Electron (or is open elsewhere), `{ reason }` when it could not. */
async function tryElectron(flags) {
  if (findElectron() === undefined) {
    const reason = await fetchElectron()
    if (reason !== undefined) return { reason }
  }
  const program = findElectron()
  if (program === undefined) return { reason: "Electron's runtime is not installed." }
  const started = await startElectron(program, { args: flags.workspace === undefined ? [] : [`--workspace=${flags.workspace}`] })
  if (started.ready) return { status: await untilEnd(started) }
  return started.status === EXIT_LOCKED ? { status: EXIT_LOCKED } : { reason: started.reason }
}

/** Electron has the terminal's signals to itself when they come from one; others and a closed input are passed on. */
async function untilEnd({ child, ended }) {
  const { watchEndings } = await hostBundle()
  const endings = watchEndings()
  endings.ready()
  void endings.ended.then(() => child.kill('SIGTERM'))
  const status = await ended
  return typeof status === 'number' ? status : 1
}

async function serve(flags, window, reason) {
  const { runBrowserHost } = await hostBundle()
  return runBrowserHost({ window, reason, port: flags.port, workspace: flags.workspace })
}

function hostBundle() {
  return import(pathToFileURL(join(root, 'out', 'main', 'browser.js')).href)
}

function tell(text, status) {
  (status === 0 ? process.stdout : process.stderr).write(`${text}\n`)
  return status
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  // Ctrl-C while building or probing ends at once; the hosts take over the signals when there is something to end well.
  main().then((status) => process.exit(status), (error) => process.exit(tell(error.message, 1)))
}

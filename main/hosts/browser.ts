/**
 * The lab without Electron: the loopback server, and a browser's window on it where there is a display. `main/boot/start.mjs` calls `runBrowserHost` of the built bundle.
 */
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { createLab } from '../lab/lab'
import type { Lab } from '../lab/lab-types'
import { projectRoot } from '../root'
import { forkChildRunner } from '../runner/fork-child'
import { openWorkspace } from '../store/workspace'
import type { OpenedWorkspace } from '../store/workspace'
import { findBrowser, hasDisplay, here, openAppWindow } from './app-window'
import type { AppWindow } from './app-window'
import { watchEndings } from './endings'
import type { Endings } from './endings'
import { serveLoopback } from './loopback'
import type { Loopback } from './loopback'
import { loadStaticFiles, withBridge } from './static-files'
import type { StaticFiles } from './static-files'
import { describeHolder, lockWorkspace } from './workspace-lock'
import type { WorkspaceLock } from './workspace-lock'

export { watchEndings } from './endings'

export interface BrowserHostOptions {
  /** Try to open a window; without one the address is printed. */
  readonly window: boolean
  /** Why this host, told to the person. */
  readonly reason?: string
  readonly port?: number
  readonly workspace?: string
}

/** A start that found the workspace taken. */
const EXIT_LOCKED = 75

/** Runs until something ends the lab; the process's exit status. */
export async function runBrowserHost(options: BrowserHostOptions): Promise<number> {
  const endings = watchEndings()
  const workspace = await openWorkspace(options.workspace)
  const attempt = lockWorkspace(workspace.path, 'browser')
  if (!attempt.ok) return complain(describeHolder(workspace.path, attempt.holder), EXIT_LOCKED)
  try {
    return await runLab(options, workspace, attempt.lock, endings)
  } finally {
    attempt.lock.release()
    if (!workspace.kept) await rm(workspace.path, { recursive: true, force: true })
  }
}

async function runLab(options: BrowserHostOptions, workspace: OpenedWorkspace, lock: WorkspaceLock, endings: Endings): Promise<number> {
  if (options.reason !== undefined) say(options.reason)
  if (!workspace.kept) say(`Nothing will be kept: ${workspace.why ?? 'the workspace is temporary'}.`)
  const files = windowFiles()
  const lab = await createLab({ workspace: workspace.path, kept: workspace.kept, ...(workspace.why === undefined ? {} : { why: workspace.why }), host: 'browser', forkRunner: forkChildRunner })
  try {
    return await serve(options, lab, files, lock, endings)
  } finally {
    await within(10_000, lab.dispose())
  }
}

async function serve(options: BrowserHostOptions, lab: Lab, files: StaticFiles, lock: WorkspaceLock, endings: Endings): Promise<number> {
  const connection = firstConnection()
  let server: Loopback
  try {
    server = await serveLoopback({ lab, files, port: options.port ?? 0, onConnected: connection.happened, onStaleCode: () => printFresh() })
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES')) return complain(`Port ${options.port} can't be had (${error.code}); name another with --port, or none.`, 1)
    throw error
  }
  const printFresh = atMostEvery(2_000, () => printAddress(server, "An address was asked for that is used up. A new one:"))
  lock.announce(`${server.origin}/`)
  const window = options.window ? await tryWindow(server, connection.first) : undefined
  if (window === undefined) printServing(server)
  endings.ready()
  const reason = await Promise.race([endings.ended, ...(window === undefined ? [] : [windowClosed(window, lab)])])
  say(`Closing the lab (${reason}).`)
  await Promise.all([server.close(), window?.close()])
  return 0
}

/** The window once its page is connected; undefined, with the reason told, when that can't be. */
async function tryWindow(server: Loopback, connected: Promise<void>): Promise<AppWindow | undefined> {
  if (!hasDisplay(here())) return explain('There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set).')
  const program = findBrowser(here())
  if (program === undefined) return explain('No Chromium or Chrome was found for a window; on Debian, `apt-get install chromium` gives one.')
  const window = await openAppWindow(program, server.freshAddress())
  const failed = await Promise.race([connected.then(() => undefined), window.closed, delay(30_000, 'it did not load the lab within 30 s')])
  if (failed === undefined) {
    say(`The lab is open in a window of ${program}. It ends with the window or with Ctrl-C.`)
    return window
  }
  await window.close()
  return explain(`${program} could not show the lab: ${failed || 'it ended at once'}.`)
}

/** A closed window ends the lab, after the runs that are still going. */
async function windowClosed(window: AppWindow, lab: Lab): Promise<string> {
  await window.closed
  if (lab.activeRuns() === 0) return 'its window was closed'
  say(`The window was closed while ${lab.activeRuns()} runs are going; the lab ends after them, or with Ctrl-C.`)
  await new Promise<void>((resolve) => lab.on('experiment', () => { if (lab.activeRuns() === 0) resolve() }))
  return 'its window was closed and the runs are done'
}

function windowFiles(): StaticFiles {
  return withBridge(loadStaticFiles(join(projectRoot, 'out', 'renderer')), readFileSync(join(projectRoot, 'out', 'preload', 'browser.cjs')))
}

function printServing(server: Loopback): void {
  printAddress(server, 'The lab is served here:')
  say(`From another machine:  ssh -L ${server.port}:127.0.0.1:${server.port} ${userName()}@${hostname()}  and open the same address there.`)
  say('It ends with Ctrl-C.')
}

function printAddress(server: Loopback, lead: string): void {
  say(`${lead}\n\n  ${server.freshAddress()}\n\nIt opens once, within a minute; visit ${server.origin}/ for a new one to be printed here.`)
}

/** A container's user may have a number and no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return 'you'
  }
}

function firstConnection(): { readonly first: Promise<void>; happened(): void } {
  let happened: () => void = () => undefined
  const first = new Promise<void>((resolve) => { happened = resolve })
  return { first, happened: () => happened() }
}

function explain(reason: string): undefined {
  say(reason)
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

function complain(text: string, status: number): number {
  process.stderr.write(`${text}\n`)
  return status
}

function atMostEvery(ms: number, act: () => void): () => void {
  let last = -Infinity
  return () => {
    if (performance.now() - last < ms) return
    last = performance.now()
    act()
  }
}

function delay<T>(ms: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(resolve, ms, value))
}

function within(ms: number, work: Promise<void>): Promise<void> {
  return Promise.race([work, delay(ms, undefined)])
}

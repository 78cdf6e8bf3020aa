/**
 * The window of the browser host: Chromium or Chrome without tabs (`--app`), with a profile of its own in a temporary folder that goes when the window does.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

export interface AppWindow {
  /** Resolves with what the browser last said on stderr when its last window is closed or it dies. */
  readonly closed: Promise<string>
  /** Closes it and removes the profile. */
  close(): Promise<void>
}

export interface Surroundings { readonly env: NodeJS.ProcessEnv; readonly platform: string; readonly uid: number | undefined }

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'microsoft-edge-stable', 'brave-browser'] as const
const MAC = ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Brave Browser'] as const
const WINDOWS = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'] as const

/** A browser's program, or undefined. `RECLAIM_LAB_BROWSER` names one that is elsewhere. */
export function findBrowser({ env, platform }: Surroundings): string | undefined {
  if (env['RECLAIM_LAB_BROWSER']) return env['RECLAIM_LAB_BROWSER']
  return candidates(env, platform).find(isProgram)
}

/** Whether a window could appear at all. */
export function hasDisplay({ env, platform }: Surroundings): boolean {
  if (platform === 'darwin' || platform === 'win32') return true
  return Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY'])
}

export function here(): Surroundings {
  return { env: process.env, platform: process.platform, uid: process.getuid?.() }
}

export async function openAppWindow(program: string, address: string, where: Surroundings = here()): Promise<AppWindow> {
  const profile = await mkdtemp(join(tmpdir(), 'reclaim-lab-window-'))
  const child = spawn(program, browserArguments(address, profile, where), { stdio: ['ignore', 'ignore', 'pipe'], env: await browserEnv(profile, where.env) })
  const closed = lastWords(child)
  return {
    closed,
    async close() {
      await stop(child)
      await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    },
  }
}

/** Nothing in the background, nothing remembered, nothing asked. The sandbox goes only for root, for whom Chromium won't start with it. */
export function browserArguments(address: string, profile: string, { platform, uid }: Surroundings): readonly string[] {
  return [
    `--app=${address}`, `--user-data-dir=${profile}`, '--window-size=1440,900', '--no-first-run', '--no-default-browser-check', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-default-apps', '--disable-domain-reliability', '--disable-breakpad', '--metrics-recording-only', '--no-pings', '--password-store=basic', '--use-mock-keychain',
    '--disable-features=Translate,MediaRouter,OptimizationHints,AutofillServerCommunication',
    ...(platform === 'linux' && uid === 0 ? ['--no-sandbox', '--test-type'] : []),
  ]
}

/** Caches and crash databases go into the profile too, or a HOME that can't be written stops the browser. */
async function browserEnv(profile: string, env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const own = join(profile, 'xdg')
  await mkdir(own)
  // X finds its key by HOME unless told.
  return { ...env, XAUTHORITY: env['XAUTHORITY'] ?? join(homedir(), '.Xauthority'), XDG_CONFIG_HOME: own, XDG_CACHE_HOME: own }
}

function lastWords(child: ChildProcess): Promise<string> {
  let tail = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => { tail = (tail + text).slice(-2_000) })
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', () => resolve(tail.trim().split('\n').at(-1) ?? ''))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 3_000)
  await gone
  clearTimeout(timer)
}

function candidates(env: NodeJS.ProcessEnv, platform: string): readonly string[] {
  if (platform === 'darwin') return MAC.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`)
  if (platform === 'win32') return ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((root) => env[root] === undefined ? [] : WINDOWS.map((path) => join(env[root] ?? '', path)))
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

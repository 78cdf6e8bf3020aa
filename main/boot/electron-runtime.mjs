// Electron's program: is it here, can it be fetched, does it start? Never by require('electron'), which downloads on its own.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './guard.mjs'

export const READY_LINE = 'reclaim-lab: ready'

/** The program's path, or undefined. */
export function findElectron(folder = root, env = process.env) {
  const home = join(folder, 'node_modules', 'electron')
  let name
  try {
    name = readFileSync(join(home, 'path.txt'), 'utf8').trim()
  } catch {
    if (!env.ELECTRON_OVERRIDE_DIST_PATH) return undefined
    name = 'electron'
  }
  const program = join(env.ELECTRON_OVERRIDE_DIST_PATH || join(home, 'dist'), name)
  return existsSync(program) ? program : undefined
}

/**
 * Lets Electron's own installer fetch the program, within limits; undefined when done, else why not. Under CI nothing is fetched, ever. Whether its host can be reached is
 * asked first, because the installer itself may hang on a network that swallows packets.
 */
export async function fetchElectron({ folder = root, env = process.env, say = console.error, reachMs = 4_000, fetchMs = 180_000 } = {}) {
  if (isCi(env)) return "Electron's runtime is not installed, and nothing is downloaded under CI."
  const host = env.ELECTRON_MIRROR || env.npm_config_electron_mirror || 'https://github.com/electron/electron/releases/'
  if (!(await answers(host, reachMs))) return `Electron's runtime is not installed, and ${new URL(host).host} can't be reached to fetch it.`
  say("Fetching Electron's runtime, once (about 120 MB)…")
  const failure = await runInstaller(folder, env, fetchMs)
  return failure === undefined ? undefined : `Electron's runtime could not be fetched: ${failure}.`
}

export function isCi(env) {
  return Boolean(env.CI) && env.CI !== 'false' && env.CI !== '0'
}

async function answers(address, limitMs) {
  try {
    // Any answer will do, an error page too.
    await fetch(address, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(limitMs) })
    return true
  } catch {
    return false
  }
}

async function runInstaller(folder, env, limitMs) {
  const child = spawn(process.execPath, [join(folder, 'node_modules/electron/install.js')], { stdio: ['ignore', 'ignore', 'pipe'], env })
  let tail = ''
  child.stderr.on('data', (text) => { tail = (tail + text).slice(-2_000) })
  const end = await untilExit(child, limitMs)
  if (end === 'late') return `not done within ${limitMs / 1000} s`
  return end === 0 ? undefined : lastLine(tail) || `the installer ended with ${end}`
}

/**
 * @param {string} program
 * @param {{ folder?: string, args?: readonly string[], env?: NodeJS.ProcessEnv, limitMs?: number, uid?: number }} [options]
 *
 * Starts the lab in Electron. Resolves with `{ ready: true, ended }` once it says so, or with `{ ready: false, reason, status }` when it dies first or takes longer than `limitMs`.
 */
export async function startElectron(program, { folder = root, args = [], env = process.env, limitMs = 10_000, uid = process.getuid?.() } = {}) {
  // Set by editors' terminals; it would make Electron a plain Node.
  const { ELECTRON_RUN_AS_NODE: _, ...rest } = env
  const sandbox = process.platform === 'linux' && uid === 0 ? ['--no-sandbox'] : []
  const child = spawn(program, [...sandbox, folder, ...args], { cwd: folder, env: rest, stdio: ['ignore', 'pipe', 'pipe'] })
  let tail = ''
  child.stderr.on('data', (text) => {
    tail = (tail + text).slice(-2_000)
    process.stderr.write(text)
  })
  const ended = untilExit(child)
  const first = await Promise.race([sawReady(child.stdout), ended.then((status) => ({ status })), later(limitMs)])
  if (first === 'ready') return { ready: true, child, ended }
  if (first === 'late') {
    child.kill('SIGKILL')
    await ended
    return { ready: false, status: null, reason: `Electron did not come up within ${limitMs / 1000} s.` }
  }
  return { ready: false, status: first.status, reason: `Electron ended at once${lastLine(tail) === '' ? ` (status ${first.status})` : `: ${lastLine(tail)}`}` }
}

/** Passes stdout on, all but the one line that is for us. */
function sawReady(stdout) {
  return new Promise((resolve) => {
    let rest = ''
    stdout.setEncoding('utf8').on('data', (text) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop()
      for (const line of lines) {
        if (line.trim() === READY_LINE) resolve('ready')
        else process.stdout.write(`${line}\n`)
      }
    })
  })
}

function untilExit(child, limitMs) {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('exit', (code, signal) => resolve(code ?? signal))
    if (limitMs !== undefined) setTimeout(() => { child.kill('SIGKILL'); resolve('late') }, limitMs).unref()
  })
}

function later(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms, 'late').unref())
}

function lastLine(text) {
  return text.trim().split('\n').at(-1) ?? ''
}

/** Forks a runner as a child process of Node: the CLI, tests and the browser host. Electron's host has its own, with utilityProcess. */
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { entryOf } from '../entries'
import type { FromRunner, RunnerPort } from './protocol'
import { createStderrRing } from './stderr-ring'

/**
 * The heap limit is for the supervisor; the worker has its own. The permissions are a seat belt outside the compartment: a runner writes no files and starts no
 * processes, so it needn't be able to.
 */
const RUNNER_FLAGS = ['--max-old-space-size=1024', '--no-warnings', '--permission', '--allow-worker', '--allow-fs-read=*'] as const

export function forkChildRunner(): RunnerPort {
  const { path, execArgv } = entryOf('runner/process')
  const child = fork(path, [], { execArgv: [...RUNNER_FLAGS, ...execArgv], serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: bareEnvironment() })
  const stderr = createStderrRing()
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => { stderr.write(chunk) })
  const gone = exitOf(child)
  return {
    pid: child.pid,
    // A process that is going can't be told anything; its exit is reported by itself.
    send: message => { if (child.connected) child.send(message, () => undefined) },
    onMessage: listener => { child.on('message', message => { listener(message as FromRunner) }) },
    onExit: listener => { void gone.then(({ code, signal }) => { listener({ code, signal, stderr: stderr.text() }) }) },
    kill: graceMs => killChild(child, graceMs, gone),
  }
}

interface Exit { readonly code: number | null; readonly signal: string | null }

/** `close` comes after stderr was read to its end; a child that never started gives `error` only. */
function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise(resolve => {
    child.on('close', (code, signal) => { resolve({ code, signal }) })
    child.on('error', () => { if (child.pid === undefined) resolve({ code: null, signal: null }) })
  })
}

async function killChild(child: ChildProcess, graceMs: number, gone: Promise<Exit>): Promise<void> {
  child.kill('SIGTERM')
  const timer = setTimeout(() => { child.kill('SIGKILL') }, graceMs)
  await gone
  clearTimeout(timer)
}

/** Runs depend on nothing from outside: no paths, no secrets, no NODE_OPTIONS. Windows can't start a process without SystemRoot. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const { SystemRoot } = process.env
  return { NO_COLOR: '1', ...(SystemRoot === undefined ? {} : { SystemRoot }) }
}

/**
 * Runners as Electron's utility processes. What `utilityProcess` can't do itself - a hard kill - goes by the process's number.
 */
import type { UtilityProcess, utilityProcess } from 'electron'
import { join } from 'node:path'
import { projectRoot } from '../root'
import type { ForkRunner, FromRunner, RunnerPort } from '../runner/protocol'

type Fork = Pick<typeof utilityProcess, 'fork'>

/** stderr kept for a crash report, bytes. */
const STDERR_KEPT = 64 * 1_024

export function utilityRunners(api: Fork): ForkRunner {
  const module = join(projectRoot, 'out', 'main', 'runner', 'process.js')
  return () => wrap(api.fork(module, [], { stdio: ['ignore', 'ignore', 'pipe'], serviceName: 'Reclaim Lab runner' }))
}

function wrap(child: UtilityProcess): RunnerPort {
  const stderr = keepTail(child)
  const exited = new Promise<number>((resolve) => child.once('exit', resolve))
  let gone = false
  void exited.then(() => { gone = true })
  return {
    get pid() { return child.pid },
    send(message) { if (!gone) child.postMessage(message) },
    onMessage(listener) { child.on('message', (message: FromRunner) => listener(message)) },
    onExit(listener) { void exited.then((code) => listener({ code, signal: null, stderr: stderr() })) },
    async kill(graceMs) {
      if (gone) return
      child.kill()
      const timer = setTimeout(() => killHard(child.pid), graceMs)
      await exited
      clearTimeout(timer)
    },
  }
}

function killHard(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Already gone; its exit is on the way.
  }
}

function keepTail(child: UtilityProcess): () => string {
  let tail = Buffer.alloc(0)
  child.stderr?.on('data', (part: Buffer) => { tail = Buffer.concat([tail, part]).subarray(-STDERR_KEPT) })
  return () => tail.toString('utf8')
}

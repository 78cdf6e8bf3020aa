// Lets another program do this process's work: same input and output, same signals, same end.
import { spawn } from 'node:child_process'

/** Never returns. */
export function handOver(program, args) {
  // One process instead of two where the system can do it; then there is nothing to pass through.
  if (typeof process.execve === 'function' && process.platform !== 'win32') {
    process.removeAllListeners('warning')
    process.on('warning', () => {})
    process.execve(program, [program, ...args], process.env)
  }
  const child = spawn(program, args, { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2']) {
    process.on(signal, () => {
      // A terminal gives Ctrl-C and Ctrl-\ to both processes by itself.
      const byTerminal = (signal === 'SIGINT' || signal === 'SIGQUIT') && process.stdin.isTTY
      if (!byTerminal) child.kill(signal)
    })
  }
  return new Promise(() => {
    child.on('error', (error) => {
      process.stderr.write(`${program} could not be started: ${error.message}\n`)
      process.exit(1)
    })
    child.on('exit', (code, signal) => {
      if (signal === null) process.exit(code ?? 1)
      process.removeAllListeners(signal)
      process.kill(process.pid, signal)
    })
  })
}

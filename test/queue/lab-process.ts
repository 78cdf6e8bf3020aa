/** The CLI as processes of their own group, so that a kill takes the runners along. */
import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const LAUNCHER = fileURLToPath(new URL('../../main/boot/lab.mjs', import.meta.url))
const started = new Set<LabProcess>()

export interface LabProcess {
  readonly child: ChildProcess
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>
  said(part: string): Promise<void>
  signal(name: NodeJS.Signals): void
}

export function startLab(argv: readonly string[], env: Readonly<Record<string, string>> = {}): LabProcess {
  const child = spawn(process.execPath, [LAUNCHER, ...argv], { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { ...process.env, ...env } })
  let out = ''
  let err = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => { out += text })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => { err += text })
  const one: LabProcess = {
    child,
    ended: new Promise((resolve) => { child.on('close', (code) => { started.delete(one); resolve({ code, out, err }) }) }),
    said: (part) => new Promise((resolve) => {
      const look = (): void => { if (err.includes(part)) resolve() }
      child.stderr?.on('data', look)
      look()
    }),
    signal: (name) => {
      if (child.pid === undefined) return
      // The group may have gone by itself just now.
      try { process.kill(-child.pid, name) } catch { /* gone */ }
    },
  }
  started.add(one)
  return one
}

export async function endLabs(): Promise<void> {
  const all = [...started]
  for (const one of all) one.signal('SIGKILL')
  await Promise.all(all.map(({ ended }) => ended))
}

/** Waits for a condition that something outside brings about. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!await condition()) await new Promise((resolve) => setTimeout(resolve, 20))
}

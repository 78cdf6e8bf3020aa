/** Starts the real lab for a UI test, as `npm start -- --host=none` does, and gives the address that opens it once. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../main/boot/guard.mjs'

export interface StartedLab {
  readonly workspace: string
  readonly address: string
  readonly origin: string
  /** What it has printed so far. */
  said(): string
  /** The next address it prints; ask before doing what makes it print one. */
  nextAddress(): Promise<string>
  stop(): Promise<void>
  /** As a crash or the OOM killer would end it; the workspace stays. */
  kill(): Promise<void>
}

export async function startLab(workspace = mkdtempSync(join(tmpdir(), 'reclaim-lab-ui-'))): Promise<StartedLab> {
  const child = spawn(process.execPath, [join(root, 'main/boot/start.mjs'), '--host=none', `--workspace=${workspace}`], { stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  const waiting: ((address: string) => void)[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => { said += text })
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
    for (const [address] of text.matchAll(/http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]+/g)) waiting.shift()?.(address)
  })
  const nextAddress = (): Promise<string> => new Promise((resolve, reject) => {
    waiting.push(resolve)
    child.once('exit', (code) => reject(new Error(`the lab ended with ${code}:\n${said}`)))
  })
  const address = await nextAddress()
  return {
    workspace, address, origin: new URL(address).origin, said: () => said, nextAddress,
    async kill() {
      const ended = once(child, 'exit')
      // The launcher hands over to a process of its own.
      const { pid } = JSON.parse(readFileSync(join(workspace, '.lab-lock.json'), 'utf8')) as { readonly pid: number }
      process.kill(pid, 'SIGKILL')
      if (pid !== child.pid) child.kill('SIGTERM')
      await ended
    },
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      rmSync(workspace, { recursive: true, force: true })
    },
  }
}

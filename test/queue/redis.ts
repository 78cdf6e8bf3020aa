/** A Redis of the test's own: on loopback, with a folder of its own, gone with the test. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { findRedis } from '../../main/boot/prerequisites.mjs'

export interface TestRedis {
  readonly port: number
  readonly url: string
  /** An own connection, for looking. */
  readonly redis: Redis
  /** KILL, as a power cut would. */
  kill(): Promise<void>
  start(): Promise<void>
  /** Stands still, with its connections open, and goes on. */
  freeze(): void
  thaw(): void
  stop(): Promise<void>
}

/** Every write is on the disk before it is answered. */
const SAFE = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''] as const

export async function startRedis(more: readonly string[] = [], options: { readonly username?: string; readonly password?: string } = {}): Promise<TestRedis> {
  const program = findRedis()
  if (program === undefined) throw new Error('these tests need redis-server: apt-get update && apt-get install -y --no-install-recommends redis-server')
  const folder = await mkdtemp(join(tmpdir(), 'reclaim-lab-redis-'))
  const port = await freePort()
  const redis = new Redis({ host: '127.0.0.1', port, ...options, maxRetriesPerRequest: null, retryStrategy: () => 50, lazyConnect: true })
  redis.on('error', () => undefined)
  let child: ChildProcess | undefined
  const start = async (): Promise<void> => {
    child = spawn(program, ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--daemonize', 'no', ...SAFE, ...more], { stdio: 'ignore' })
    if (redis.status === 'wait') redis.connect().catch(() => undefined)
    await redis.ping()
  }
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  // A test file that fails before its first test never gets to stop it.
  process.once('exit', () => { child?.kill('SIGKILL') })
  await start()
  return {
    port, url: `redis://127.0.0.1:${port}`, redis, kill, start,
    freeze: () => { child?.kill('SIGSTOP') }, thaw: () => { child?.kill('SIGCONT') },
    stop: async () => {
      redis.disconnect()
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

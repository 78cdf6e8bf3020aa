/**
 * The connection to a queue. Redis may go away at any time: the client reconnects by itself for as long as it takes and sends what was asked again (everything that is
 * sent here may be sent twice). Loads BullMQ and its client when first asked, so that nothing else carries them.
 */
import type { Queue } from 'bullmq'
import type { Redis, RedisOptions } from 'ioredis'
import type { QueueAddress } from './address'
import { messageOf } from '../lab/problems'
import { PREFIX, queueName } from './keys'

export interface QueueLink {
  readonly bull: typeof import('bullmq')
  readonly redis: Redis
  readonly address: QueueAddress
  health(): LinkHealth
  /** Calls when the connection is there again after it was gone. */
  onBack(listener: () => void): void
  queue(engine: string): Queue
  /** Another connection with the same rights, for commands that block. */
  another(): Redis
  close(): Promise<void>
}

export interface LinkHealth {
  readonly connected: boolean
  /** Why not, or what the server refuses. */
  readonly message?: string
}

/** Nothing came back for so long: the network is cut without a word, or the server stands still. A connection that blocks has BullMQ's longest block (10 s) besides. */
const SILENCE_MS = { asking: 8_000, blocking: 20_000 } as const
const RETRY_MS = { first: 100, most: 3_000 } as const

export async function openLink(address: QueueAddress): Promise<QueueLink> {
  const [bull, { Redis: Client }] = await Promise.all([import('bullmq'), import('ioredis')])
  const queues = new Map<string, Queue>()
  const extra = new Set<Redis>()
  const backs: (() => void)[] = []
  let message: string | undefined
  let wasReady = false
  const connect = (silenceMs: number): Redis => {
    const redis = new Client(clientOptions(address, silenceMs))
    redis.on('error', (error: Error) => { message = inWords(error, address) })
    return redis
  }
  const redis = connect(address.patienceMs ?? SILENCE_MS.asking)
  redis.on('ready', () => {
    message = undefined
    if (wasReady) for (const back of backs) back()
    wasReady = true
  })

  return {
    bull, redis, address,
    health: () => ({ connected: redis.status === 'ready', ...(redis.status === 'ready' || message === undefined ? {} : { message }) }),
    onBack: (listener) => { backs.push(listener) },
    queue: (engine) => {
      const known = queues.get(engine)
      if (known !== undefined) return known
      const queue = new bull.Queue(queueName(engine), { connection: redis, prefix: PREFIX, streams: { events: { maxLen: 1_000 } } })
      queue.on('error', () => undefined)
      queues.set(engine, queue)
      return queue
    },
    another: () => {
      const one = connect(SILENCE_MS.blocking)
      extra.add(one)
      return one
    },
    close: async () => {
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()))
      for (const one of [redis, ...extra]) one.disconnect()
    },
  }
}

/** Resolves when the server has answered; rejects with a sentence when it refuses, or doesn't within the time. */
export async function reached({ redis, address, health }: QueueLink, withinMs: number): Promise<void> {
  const until = performance.now() + withinMs
  for (;;) {
    if (redis.status === 'ready') return
    const { message } = health()
    if (message !== undefined && isFinal(message)) throw new Error(message)
    if (performance.now() > until) throw new Error(message ?? `${address.shown} doesn't answer`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function clientOptions({ host, port, db, username, password, tls }: QueueAddress, silenceMs: number): RedisOptions {
  return {
    host, port, db, ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }), ...(tls === undefined ? {} : { tls: { ...tls } }),
    maxRetriesPerRequest: null, socketTimeout: silenceMs, connectTimeout: 10_000, connectionName: 'reclaim-lab',
    retryStrategy: (times) => Math.min(RETRY_MS.first * 2 ** Math.min(times, 10), RETRY_MS.most),
  }
}

/** What a wrong password or right gets: trying again won't help. */
export function isFinal(message: string): boolean {
  return /WRONGPASS|NOAUTH|NOPERM|invalid password|certificate|wrong version number|DB index/i.test(message)
}

export function isOutOfMemory(error: unknown): boolean {
  return /\bOOM command not allowed\b/.test(messageOf(error))
}

/** What a server said, with the way out where there is one. A transaction's error hides the one that ended it. */
export function refusalInWords(error: unknown): string {
  const [hidden] = (error as { readonly previousErrors?: readonly unknown[] } | undefined)?.previousErrors ?? []
  const said = hidden ?? error
  return isOutOfMemory(said) ? 'the server has no memory left (OOM, its maxmemory): give it more, or free what sweeps take there with lab queue --forget' : messageOf(said)
}

function inWords(error: Error & { readonly code?: string }, { shown }: QueueAddress): string {
  if (error.code === 'ECONNREFUSED') return `nothing listens at ${shown}`
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') return `${shown}: there is no such host`
  return `${shown}: ${error.message === '' ? error.code ?? error.name : error.message}`
}

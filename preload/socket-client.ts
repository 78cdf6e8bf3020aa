/**
 * The lab over a WebSocket: the same `LabApi` as in Electron. No page in it, so that the contract's tests run this very code on Node.
 *
 * A request waits while the socket opens. When the socket is lost, every request under way fails with a reason (nobody knows whether the lab did it), later ones wait for a
 * new socket, and listeners stay: a window survives a laptop's sleep or an ssh tunnel that was opened again.
 */
import type { EventName, LabApi, LabEvents, RequestName } from './contract'
import { isEventName, requestMethods, toError } from './requests'
import type { Fault } from './requests'
import { decode, encode } from './wire'

/** What the browser's WebSocket and `ws` have in common. */
export interface Socket {
  binaryType: string
  send(data: Uint8Array<ArrayBuffer>): void
  close(): void
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
}

export interface SocketClientOptions {
  /** Opens a socket that carries the session's secret; rejects when there is no session. */
  open(): Promise<Socket>
  /** Told when the connection is there or gone. */
  onState?(connected: boolean): void
  /** Waits before the next attempt; grows from 1 s to 10 s. Injected for tests. */
  later?(ms: number, run: () => void): void
}

export interface SocketClient { readonly api: LabApi; close(): void }

interface Pending { resolve(value: unknown): void; reject(error: Error): void }
type Listeners = Map<EventName, Set<(payload: never) => void>>

const LOST = 'The lab can’t be reached: it has ended, or the connection to it was cut.'

export function connectLab(options: SocketClientOptions): SocketClient {
  const pending = new Map<number, Pending>()
  const listeners: Listeners = new Map()
  const later = options.later ?? ((ms, run) => void setTimeout(run, ms))
  let nextId = 1
  let closed = false
  let wait = 1_000
  let current: Promise<Socket>

  function connect(): Promise<Socket> {
    const opening = options.open().then(
      (socket) => opened(socket, (data) => receive(data, pending, listeners), lost),
      (error: unknown) => { retryLater(); throw error },
    )
    opening.then(() => { wait = 1_000; options.onState?.(true) }, () => undefined)
    return opening
  }

  function lost(): void {
    for (const { reject } of pending.values()) reject(new Error(LOST))
    pending.clear()
    options.onState?.(false)
    retryLater()
  }

  /** What is asked meanwhile waits for the next attempt, and fails with it. */
  function retryLater(): void {
    if (closed) return
    const delay = wait
    wait = Math.min(wait * 2, 10_000)
    current = new Promise((resolve, reject) => {
      later(delay, () => closed ? reject(new Error(LOST)) : resolve(connect()))
    })
    current.catch(() => undefined)
  }

  async function ask(name: RequestName, args: readonly unknown[]): Promise<unknown> {
    const socket = await current
    const id = nextId++
    const bytes = encode({ type: 'request', id, name, args })
    return new Promise((resolve, reject) => {
      pending.set(id, { resolve, reject })
      socket.send(bytes)
    })
  }

  function on<E extends EventName>(name: E, listener: (payload: LabEvents[E]) => void): () => void {
    const set = listeners.get(name) ?? new Set()
    // A wrapper of its own: one function given twice is two listeners, in both bridges.
    const own = (payload: LabEvents[E]): void => listener(payload)
    listeners.set(name, set.add(own))
    return () => void set.delete(own)
  }

  current = connect()
  current.catch(() => undefined)
  return {
    api: { ...requestMethods(ask), on },
    close() {
      closed = true
      current.then((socket) => socket.close(), () => undefined)
    },
  }
}

/** Resolves once the socket is open; a socket that never opens rejects, and both ends of its life call `lost`. */
function opened(socket: Socket, receiveData: (data: unknown) => void, lost: () => void): Promise<Socket> {
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('message', (event) => receiveData(event.data))
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(socket))
    socket.addEventListener('error', () => undefined)
    socket.addEventListener('close', () => {
      reject(new Error(LOST))
      lost()
    })
  })
}

function receive(data: unknown, pending: Map<number, Pending>, listeners: Listeners): void {
  if (!(data instanceof ArrayBuffer)) return
  const message = decode(new Uint8Array(data)) as { readonly type: string; readonly id: number; readonly value: unknown; readonly fault: Fault; readonly name: unknown; readonly payload: never }
  if (message.type === 'event') {
    if (isEventName(message.name)) for (const listener of listeners.get(message.name) ?? []) listener(message.payload)
    return
  }
  const asked = pending.get(message.id)
  pending.delete(message.id)
  if (message.type === 'answer') asked?.resolve(message.value)
  else asked?.reject(toError(message.fault))
}

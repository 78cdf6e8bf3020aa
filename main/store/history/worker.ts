/** The history's thread: one database, one folder of recordings, one request after another. */
import { parentPort, workerData } from 'node:worker_threads'
import type { RecordingAbout } from './about'
import { HistoryCore, type CoreOptions } from './core'
import { Assembly, piecesOf } from './pieces'
import type { CallName, FromHistory, ToHistory } from './protocol'

const port = parentPort
if (!port) throw new Error('store/history/worker runs as a worker thread')

const options = workerData as CoreOptions
const incoming = new Map<number, Assembly>()
let core: HistoryCore | undefined

/** A folder that can't be written may be writable the next time something is asked. */
function history(): HistoryCore {
  try {
    return core ??= new HistoryCore(options)
  } catch (error) {
    throw new Unavailable(error instanceof Error ? error.message : String(error))
  }
}

class Unavailable extends Error {}

port.on('message', (message: ToHistory) => {
  if (message.type === 'piece') {
    const assembly = incoming.get(message.request) ?? new Assembly()
    incoming.set(message.request, assembly)
    assembly.take(message.piece)
    return
  }
  try {
    say({ type: 'answer', request: message.request, value: answer(message) })
  } catch (error) {
    say({ type: 'failed', request: message.request, message: error instanceof Error ? error.message : String(error), unavailable: error instanceof Unavailable })
  }
  // Its port would keep the process; the lab ends the thread after its last word.
  if (message.type === 'call' && message.name === 'close') core = undefined
})

function answer(message: Exclude<ToHistory, { readonly type: 'piece' }>): unknown {
  if (message.type === 'call') return call(message.name, message.args)
  if (message.type === 'recording') return sendRecording(message)
  const assembly = incoming.get(message.request)
  incoming.delete(message.request)
  if (assembly === undefined) throw new Error('a recording came without its pieces')
  history().addRecording(message.entry, message.place, assembly.finish(), message.about as RecordingAbout)
  return undefined
}

function call(name: CallName, args: readonly unknown[]): unknown {
  // Nothing is made to be closed.
  if (name === 'close' && core === undefined) return undefined
  const on = history()
  return (on[name] as (...args: readonly unknown[]) => unknown).call(on, ...args)
}

function sendRecording({ request, entry, place }: Extract<ToHistory, { readonly type: 'recording' }>): unknown {
  const found = history().recording(entry, place)
  if (!found.ok) return found
  for (const piece of piecesOf(found.recording)) {
    const buffers = piece.kind === 'columns' ? piece.columns.map(({ buffer }) => buffer as ArrayBuffer) : []
    port?.postMessage({ type: 'piece', request, piece } satisfies FromHistory, buffers)
  }
  return { ok: true }
}

function say(message: FromHistory): void {
  port?.postMessage(message)
}

/** The runner's line to the process that forked it: Node's IPC channel, or Electron's parent port in a utility process. */
import type { FromRunner, ToRunner } from './protocol'

export interface ParentLink {
  send(message: FromRunner): void
  /** Resolves when what was sent before is on its way, so that the process may end. */
  flush(): Promise<void>
  onMessage(listener: (message: ToRunner) => void): void
  onGone(listener: () => void): void
}

/** As much of Electron's `process.parentPort` as is used. */
interface ParentPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown
}

export function openParentLink(): ParentLink {
  const { parentPort } = process as { readonly parentPort?: ParentPort }
  if (parentPort) return electronLink(parentPort)
  if (process.send) return nodeLink()
  throw new Error('a runner is started by the lab, not by hand')
}

function nodeLink(): ParentLink {
  let sent: Promise<unknown> = Promise.resolve()
  return {
    send: message => { sent = new Promise(resolve => { process.send?.(message, undefined, {}, resolve) }) },
    flush: async () => { await sent },
    onMessage: listener => { process.on('message', message => { listener(message as ToRunner) }) },
    onGone: listener => { process.on('disconnect', listener) },
  }
}

/** A utility process ends with its parent by itself. */
function electronLink(port: ParentPort): ParentLink {
  return {
    send: message => { port.postMessage(message) },
    flush: () => new Promise(resolve => { setTimeout(resolve, 50) }),
    onMessage: listener => { port.on('message', event => { listener(event.data as ToRunner) }) },
    onGone: () => undefined,
  }
}

/** Tells when something in one of these folders may have changed, at most ten times a second. Where the system has no watches left it looks every two seconds instead. */
import { watch, type FSWatcher } from 'node:fs'

const POLL_MS = 2_000
const QUIET_MS = 100

export interface Watch { close(): void }

export function watchFolders(paths: readonly string[], changed: () => void): Watch {
  let timer: NodeJS.Timeout | undefined
  let poll: NodeJS.Timeout | undefined
  const watchers: FSWatcher[] = []
  const soon = (): void => {
    timer ??= setTimeout(() => { timer = undefined; changed() }, QUIET_MS)
    timer.unref()
  }
  const startPolling = (): void => { poll ??= setInterval(changed, POLL_MS).unref() }
  for (const path of paths) {
    try {
      watchers.push(watch(path, { persistent: false }, soon).on('error', startPolling))
    } catch {
      startPolling()
    }
  }
  return { close: () => { clearTimeout(timer); clearInterval(poll); for (const one of watchers) one.close() } }
}

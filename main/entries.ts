/** Where the files of main's own processes and threads are: `main/<name>.ts` when run from sources, `out/main/<name>.js` in a bundle (this code may be in a chunk there). */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface Entry {
  readonly path: string
  /** What Node needs to run it from sources; nothing in a bundle. */
  readonly execArgv: readonly string[]
}

export type EntryName = 'runner/process' | 'runner/worker' | 'compile/service-worker' | 'store/history/worker'

export function entryOf(name: EntryName): Entry {
  return import.meta.url.endsWith('.ts') ? fromSources(name) : fromBundle(name)
}

function fromSources(name: EntryName): Entry {
  const register = new URL('./boot/register.mjs', import.meta.url).href
  return { path: fileURLToPath(new URL(`./${name}.ts`, import.meta.url)), execArgv: ['--import', register] }
}

function fromBundle(name: EntryName): Entry {
  for (const up of ['./', '../', '../../']) {
    const path = fileURLToPath(new URL(`${up}${name}.js`, import.meta.url))
    if (existsSync(path)) return { path, execArgv: [] }
  }
  throw new Error(`the bundle lacks ${name}.js; build again`)
}

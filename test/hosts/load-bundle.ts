/** Loads built bundles as Electron would, against the stand-in: the main bundle as a module that imports `electron`, the preload as a function with a `require` that knows a few names. */
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { vi } from 'vitest'
import type { LabApi } from '../../preload/contract'
import type { StandIn } from './electron-stand-in'

/** Runs `main` until it says that it is ready, and gives what its preload shows the page. */
export async function startBundle(electron: StandIn, main: string, workspace: string): Promise<LabApi> {
  const said: string[] = []
  substituteElectron(electron)
  process.argv.push(`--workspace=${workspace}`)
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0)
  try {
    await import(pathToFileURL(main).href)
    await vi.waitUntil(() => said.includes('reclaim-lab: ready\n') || electron.log.exitCode !== undefined, { timeout: 60_000 })
  } finally {
    write.mockRestore()
  }
  loadPreload(electron)
  return electron.log.exposed.get('lab') as LabApi
}

/** Closes it as a person would; its exit code. */
export async function endBundle(electron: StandIn): Promise<number | undefined> {
  electron.main.app.quit()
  await vi.waitUntil(() => electron.log.exitCode !== undefined, { timeout: 20_000 })
  return electron.log.exitCode
}

/** Node links the bundle against exactly the names the stand-in has: a missing one is a SyntaxError. */
function substituteElectron(electron: StandIn): void {
  Reflect.set(globalThis, '__electron', electron.main)
  const source = `const electron = globalThis.__electron;${Object.keys(electron.main).map((name) => `export const ${name} = electron.${name};`).join('')}`
  const url = `data:text/javascript,${encodeURIComponent(source)}`
  registerHooks({ resolve: (specifier, context, next) => (specifier === 'electron' ? { url, shortCircuit: true } : next(specifier, context)) })
}

/** As Electron's sandbox runs a preload. */
function loadPreload(electron: StandIn): void {
  const code = readFileSync(electron.log.windows[0].options.webPreferences?.preload ?? '', 'utf8')
  const require = (name: string): unknown => {
    if (name === 'electron') return electron.preload
    throw new Error(`module not found: ${name}`)
  }
  new Function('require', 'exports', 'module', code)(require, {}, { exports: {} })
}

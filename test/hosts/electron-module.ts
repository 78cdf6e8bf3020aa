/** What `import … from 'electron'` gives in tests: the current stand-in. */
import { createStandIn } from './electron-stand-in'
import type { StandIn } from './electron-stand-in'

let current: StandIn = createStandIn()

/** A new stand-in for modules that are imported after this. */
export function freshElectron(): StandIn {
  current = createStandIn()
  return current
}

/** Names are looked up at each use, so that one module instance serves many stand-ins. */
function live<T extends object>(pick: (standIn: StandIn) => T): T {
  const target = function (): void { /* so that it can be constructed */ }
  return new Proxy(target as unknown as T, {
    get: (_, name) => Reflect.get(pick(current), name) as unknown,
    construct: (_, args) => Reflect.construct(pick(current) as unknown as new () => object, args),
  })
}

export const app = live((it) => it.main.app)
export const BrowserWindow = live((it) => it.main.BrowserWindow)
export const Menu = live((it) => it.main.Menu)
export const ipcMain = live((it) => it.main.ipcMain)
export const protocol = live((it) => it.main.protocol)
export const session = live((it) => it.main.session)
export const utilityProcess = live((it) => it.main.utilityProcess)
export const contextBridge = live((it) => it.preload.contextBridge)
export const ipcRenderer = live((it) => it.preload.ipcRenderer)

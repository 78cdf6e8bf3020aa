/**
 * A stand-in for the `electron` module: as much of it as the lab uses, typed against electron.d.ts so that no name or signature is made up. What crosses a process in
 * Electron is cloned by `structuredClone` here, what crosses the context bridge is too, and a name the stand-in lacks throws instead of being `undefined`.
 */
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import type * as Electron from 'electron'

type Emit = Pick<EventEmitter, 'on' | 'once' | 'emit'>
type WindowOptions = Electron.BrowserWindowConstructorOptions
type Handler = Parameters<Electron.IpcMain['handle']>[1]
type ProtocolHandler = Parameters<Electron.Protocol['handle']>[1]

/** All that happened, for tests to look at. */
export interface ElectronLog {
  readonly calls: string[]
  readonly windows: StandInWindow[]
  schemes: Electron.CustomScheme[]
  readonly permissions: { request?: Parameters<Electron.Session['setPermissionRequestHandler']>[0]; check?: Parameters<Electron.Session['setPermissionCheckHandler']>[0]; device?: Parameters<Electron.Session['setDevicePermissionHandler']>[0] }
  readonly handlers: Map<string, Handler>
  readonly protocols: Map<string, ProtocolHandler>
  exposed: Map<string, unknown>
  exitCode: number | undefined
  quits: number
}

export interface StandInFrame extends Pick<Electron.WebFrameMain, 'url' | 'parent'> { url: string }
export type StandInContents = Emit & Pick<Electron.WebContents, 'send' | 'setWindowOpenHandler'> & { readonly mainFrame: StandInFrame; readonly listenersOf: EventEmitter; openHandler?: Parameters<Electron.WebContents['setWindowOpenHandler']>[0] }
export interface StandInWindow extends Emit { readonly options: WindowOptions; readonly webContents: StandInContents; loaded?: Response; shown: boolean; loadURL(url: string): Promise<void>; show(): void; close(): void }

export interface StandIn {
  readonly main: {
    readonly app: Pick<Electron.App, 'enableSandbox' | 'whenReady' | 'on' | 'quit' | 'exit'>
    readonly BrowserWindow: Pick<typeof Electron.BrowserWindow, 'getAllWindows'> & (new (options: WindowOptions) => StandInWindow)
    readonly Menu: Pick<typeof Electron.Menu, 'setApplicationMenu'>
    readonly ipcMain: Pick<Electron.IpcMain, 'handle' | 'removeHandler'>
    readonly protocol: Pick<Electron.Protocol, 'registerSchemesAsPrivileged' | 'handle'>
    readonly session: { readonly defaultSession: Pick<Electron.Session, 'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler' | 'on'> }
    readonly utilityProcess: Pick<typeof Electron.utilityProcess, 'fork'>
  }
  /** What a sandboxed preload may require. */
  readonly preload: { readonly contextBridge: Pick<Electron.ContextBridge, 'exposeInMainWorld'>; readonly ipcRenderer: Pick<Electron.IpcRenderer, 'invoke' | 'on'> }
  readonly log: ElectronLog
  /** Calls `ipcMain`'s handler as the frame given would. */
  invokeFrom(frame: StandInFrame | null, channel: string, ...args: readonly unknown[]): Promise<unknown>
  readonly appEvents: EventEmitter
  readonly sessionEvents: EventEmitter
}

export function createStandIn(): StandIn {
  const log: ElectronLog = { calls: [], windows: [], schemes: [], permissions: {}, handlers: new Map(), protocols: new Map(), exposed: new Map(), exitCode: undefined, quits: 0 }
  const appEvents = new EventEmitter()
  const rendererEvents = new EventEmitter()
  const sessionEvents = new EventEmitter()
  const invokeFrom: StandIn['invokeFrom'] = async (frame, channel, ...args) => {
    const handler = log.handlers.get(channel)
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`)
    const event = strict('IpcMainInvokeEvent', { senderFrame: frame }) as unknown as Electron.IpcMainInvokeEvent
    return structuredClone(await handler(event, ...(structuredClone(args) as unknown[])))
  }
  return {
    main: strict('electron (main)', mainModule(log, appEvents, rendererEvents, sessionEvents)),
    preload: strict('electron (preload)', {
      contextBridge: strict('contextBridge', { exposeInMainWorld: (key: string, api: unknown) => void log.exposed.set(key, bridged(api, key)) }),
      ipcRenderer: strict('ipcRenderer', { invoke: (channel: string, ...args: unknown[]) => invokeFrom(log.windows.at(-1)?.webContents.mainFrame ?? null, channel, ...args), on: on(rendererEvents) as Electron.IpcRenderer['on'] }),
    }),
    log,
    invokeFrom,
    appEvents,
    sessionEvents,
  }
}

function mainModule(log: ElectronLog, appEvents: EventEmitter, rendererEvents: EventEmitter, sessionEvents: EventEmitter): StandIn['main'] {
  return {
    app: strict('app', {
      enableSandbox: () => void log.calls.push('enableSandbox'),
      whenReady: () => { log.calls.push('whenReady'); return Promise.resolve() },
      on: on(appEvents) as Electron.App['on'],
      quit: () => { log.quits++; quit(appEvents, log) },
      exit: (code) => { log.exitCode ??= code ?? 0 },
    } satisfies StandIn['main']['app']),
    BrowserWindow: windowClass(log, appEvents, rendererEvents),
    Menu: strict('Menu', { setApplicationMenu: (menu) => void log.calls.push(`setApplicationMenu ${String(menu)}`) } satisfies StandIn['main']['Menu']),
    ipcMain: strict('ipcMain', {
      handle: (channel, handler) => {
        if (log.handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
        log.handlers.set(channel, handler)
      },
      removeHandler: (channel) => void log.handlers.delete(channel),
    } satisfies StandIn['main']['ipcMain']),
    protocol: strict('protocol', {
      registerSchemesAsPrivileged: (schemes) => {
        if (log.calls.includes('whenReady')) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
        log.schemes = schemes
      },
      handle: (scheme, handler) => void log.protocols.set(scheme, handler),
    } satisfies StandIn['main']['protocol']),
    session: strict('session', {
      defaultSession: strict('defaultSession', {
        setPermissionRequestHandler: (handler) => { log.permissions.request = handler },
        setPermissionCheckHandler: (handler) => { log.permissions.check = handler },
        setDevicePermissionHandler: (handler) => { log.permissions.device = handler },
        on: on(sessionEvents) as Electron.Session['on'],
      } satisfies StandIn['main']['session']['defaultSession']),
    }),
    utilityProcess: strict('utilityProcess', { fork: (path: string) => utility(path) } as StandIn['main']['utilityProcess']),
  }
}

/** Electron asks `before-quit` first; a listener that prevents it stops the quit. */
function quit(appEvents: EventEmitter, log: ElectronLog): void {
  let prevented = false
  appEvents.emit('before-quit', { preventDefault: () => { prevented = true } })
  if (!prevented) log.exitCode ??= 0
}

function windowClass(log: ElectronLog, appEvents: EventEmitter, rendererEvents: EventEmitter): StandIn['main']['BrowserWindow'] {
  class BrowserWindow extends EventEmitter implements StandInWindow {
    readonly options: WindowOptions
    readonly webContents: StandInContents
    loaded?: Response
    shown = false

    constructor(options: WindowOptions) {
      super()
      this.options = options
      this.webContents = contents(rendererEvents)
      log.windows.push(strict('BrowserWindow', this))
      appEvents.emit('web-contents-created', {}, this.webContents)
    }

    static getAllWindows(): Electron.BrowserWindow[] {
      return log.windows as unknown as Electron.BrowserWindow[]
    }

    async loadURL(url: string): Promise<void> {
      const scheme = url.split(':', 1)[0]
      const handler = log.protocols.get(scheme)
      if (handler === undefined) throw new Error(`ERR_UNKNOWN_URL_SCHEME (-302) loading '${url}'`)
      this.loaded = await handler(new Request(url) as never)
      if (!this.loaded.ok) throw new Error(`ERR_FAILED (-2) loading '${url}'`)
      this.webContents.mainFrame.url = url
      this.emit('ready-to-show')
    }

    show(): void { this.shown = true }

    close(): void {
      log.windows.splice(log.windows.findIndex((window) => window.webContents === this.webContents), 1)
      if (log.windows.length === 0) appEvents.emit('window-all-closed')
    }
  }
  return strict('BrowserWindow', BrowserWindow) as unknown as StandIn['main']['BrowserWindow']
}

function contents(rendererEvents: EventEmitter): StandInContents {
  const events = new EventEmitter()
  const made: StandInContents = {
    on: events.on.bind(events), once: events.once.bind(events), emit: events.emit.bind(events), listenersOf: events,
    mainFrame: { url: '', parent: null },
    send: (channel, ...args) => void rendererEvents.emit(channel, {}, ...(structuredClone(args) as unknown[])),
    setWindowOpenHandler(handler) { made.openHandler = handler },
  }
  return strict('webContents', Object.assign(made, { openHandler: undefined }))
}

/** A child process whose `process.parentPort` is made of Node's own channel, so that the runner's utility-process side runs for real. */
function utility(path: string): Electron.UtilityProcess {
  const shim = new URL('./parent-port-shim.mjs', import.meta.url).href
  const child: ChildProcess = fork(path, [], { execArgv: ['--import', shim], serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const events = new EventEmitter()
  child.on('message', (message) => events.emit('message', message))
  child.on('exit', (code) => events.emit('exit', code ?? 1))
  const made: Pick<Electron.UtilityProcess, 'pid' | 'stderr' | 'postMessage' | 'kill' | 'on' | 'once'> = {
    pid: child.pid,
    stderr: child.stderr,
    postMessage: (message: unknown) => void child.send(message as object),
    kill: () => child.kill('SIGTERM'),
    on: on(events) as never,
    once: events.once.bind(events) as never,
  }
  return strict('UtilityProcess', made) as Electron.UtilityProcess
}

/** As contextBridge copies: functions become functions that clone what passes, data is cloned, anything else is refused. */
function bridged(value: unknown, path: string): unknown {
  if (typeof value === 'function') {
    return (...args: unknown[]) => {
      const answer: unknown = value(...args.map((arg, i) => bridged(arg, `${path} argument ${i}`)))
      return answer instanceof Promise ? answer.then((got) => bridged(got, `${path} answer`)) : bridged(answer, `${path} answer`)
    }
  }
  if (typeof value !== 'object' || value === null) return structuredClone(value)
  if (Object.getPrototypeOf(value) === Object.prototype) return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, bridged(item, `${path}.${key}`)])))
  return structuredClone(value)
}

function on(events: EventEmitter): unknown {
  return (name: string, listener: (...args: unknown[]) => void) => void events.on(name, listener)
}

/** Throws on names the stand-in lacks. `then` is what `await` asks of anything. */
function strict<T extends object>(what: string, value: T): T {
  return new Proxy(value, {
    get(target, name) {
      if (name in target || typeof name === 'symbol' || name === 'then' || name === 'toJSON' || name === 'asymmetricMatch') {
        const found: unknown = Reflect.get(target, name, target)
        return found
      }
      throw new Error(`the stand-in for ${what} has no ${name}`)
    },
  })
}

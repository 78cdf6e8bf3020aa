/** The bridge of Electron's window: sandboxed and isolated, it shows the page the lab's api and nothing of Electron. */
import { contextBridge, ipcRenderer } from 'electron'
import type { EventName, LabApi, LabEvents } from './contract'
import { EVENT_CHANNEL, REQUEST_CHANNEL } from './channels'
import { requestMethods, toError } from './requests'
import type { Answer } from './requests'

type Listener = (payload: unknown) => void
const listeners = new Map<EventName, Set<Listener>>()

const api: LabApi = {
  ...requestMethods(async (name, args) => {
    const answer = (await ipcRenderer.invoke(REQUEST_CHANNEL, name, args)) as Answer
    if (answer.ok) return answer.value
    throw toError(answer.fault)
  }),
  on<E extends EventName>(name: E, listener: (payload: LabEvents[E]) => void) {
    const set = listeners.get(name) ?? new Set()
    // A wrapper of its own: one function given twice is two listeners, in both bridges.
    const own: Listener = (payload) => listener(payload as LabEvents[E])
    listeners.set(name, set.add(own))
    return () => void set.delete(own)
  },
}

ipcRenderer.on(EVENT_CHANNEL, (_event, name: EventName, payload: unknown) => {
  for (const listener of listeners.get(name) ?? []) listener(payload)
})

contextBridge.exposeInMainWorld('lab', api)

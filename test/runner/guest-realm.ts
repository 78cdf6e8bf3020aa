/** Opens a locked-down thread and asks it to load and call policies. */
import { Worker } from 'node:worker_threads'
import { fileURLToPath } from 'node:url'
import type { CompiledPolicy } from '../../main/runner/protocol'
import type { RealmAnswer, RealmRequest } from './realm-worker'

export interface GuestRealm {
  load(compiled: CompiledPolicy): Promise<RealmAnswer>
  call(compiled: CompiledPolicy, hook: string, request?: Partial<RealmRequest>): Promise<RealmAnswer>
  close(): Promise<unknown>
}

export function openGuestRealm(): GuestRealm {
  const register = new URL('../../main/boot/register.mjs', import.meta.url).href
  const worker = new Worker(fileURLToPath(new URL('./realm-worker.ts', import.meta.url)), { execArgv: ['--import', register, '--no-warnings'], resourceLimits: { stackSizeMb: 8 } })
  const waiting = new Map<number, { resolve(answer: RealmAnswer): void; reject(error: Error): void }>()
  worker.on('message', ({ id, answer }: { readonly id: number; readonly answer: RealmAnswer }) => { waiting.get(id)?.resolve(answer); waiting.delete(id) })
  worker.on('error', error => { for (const { reject } of waiting.values()) reject(error) })
  let requests = 0
  const ask = (request: Omit<RealmRequest, 'id'>): Promise<RealmAnswer> => new Promise((resolve, reject) => {
    const id = ++requests
    waiting.set(id, { resolve, reject })
    worker.postMessage({ ...request, id })
  })
  return {
    load: compiled => ask({ compiled }),
    call: (compiled, hook, request = {}) => ask({ ...request, compiled, hook }),
    close: () => worker.terminate(),
  }
}

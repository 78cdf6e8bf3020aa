/** Which queue, as typed. In memory only: passwords and keys are kept nowhere. */
import type { Problem, QueueOverview, QueueRef } from '../../preload/contract'
import { busy } from '../app/idle'
import { inBackground, lab } from '../app/lab-client'
import { createStore } from '../app/store'

export type QueueFile = 'ca' | 'cert' | 'key'

export interface QueueForm {
  readonly url: string
  readonly username: string
  readonly password: string
  readonly servername: string
  /** Certificates and the key, with the names of the files they came from. */
  readonly files: { readonly [F in QueueFile]?: { readonly name: string; readonly text: string } }
  readonly overview?: QueueOverview
  readonly refused: readonly Problem[]
}

export const queueForm = createStore<QueueForm>({ url: '', username: '', password: '', servername: '', files: {}, refused: [] })

/** What is known of one queue says nothing of another. */
export function setQueue(change: Partial<Pick<QueueForm, 'url' | 'username' | 'password' | 'servername' | 'files'>>): void {
  queueForm.update(({ overview: _, ...now }) => ({ ...now, refused: [], ...change }))
}

export function hasTls({ url }: Pick<QueueForm, 'url'>): boolean {
  return /^\s*(rediss|valkeys):/i.test(url)
}

export function setQueueFile(which: QueueFile, file: File | undefined): void {
  inBackground(async () => {
    const { [which]: _, ...others } = queueForm.get().files
    setQueue({ files: file === undefined ? others : { ...others, [which]: { name: file.name, text: await file.text() } } })
  })
}

export function queueRef(): QueueRef {
  const form = queueForm.get()
  const { username, password, servername, files } = form
  const given = { username: username.trim(), password, ...(hasTls(form) ? { servername: servername.trim(), ca: files.ca?.text, cert: files.cert?.text, key: files.key?.text } : {}) }
  return { url: form.url.trim(), ...Object.fromEntries(Object.entries(given).filter(([, one]) => one !== undefined && one !== '')) }
}

/** What is on it. */
export function lookAtQueue(): void {
  inBackground(async () => {
    const release = busy('queue')
    try {
      const answer = await lab.queueOverview(queueRef())
      queueForm.update(({ overview: _, ...now }) => ({ ...now, ...(answer.ok ? { overview: answer.value, refused: [] } : { refused: answer.problems }) }))
    } finally {
      release()
    }
  })
}

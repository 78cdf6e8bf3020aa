/** Which queue, as typed. In memory only: a password is kept nowhere. */
import type { Problem, QueueOverview, QueueRef } from '../../preload/contract'
import { busy } from '../app/idle'
import { inBackground, lab } from '../app/lab-client'
import { createStore } from '../app/store'

export interface QueueForm {
  readonly url: string
  readonly password: string
  readonly overview?: QueueOverview
  readonly refused: readonly Problem[]
}

export const queueForm = createStore<QueueForm>({ url: '', password: '', refused: [] })

export function setQueue(change: Partial<Pick<QueueForm, 'url' | 'password'>>): void {
  queueForm.update(({ url, password }) => ({ url, password, refused: [], ...change }))
}

export function queueRef(): QueueRef {
  const { url, password } = queueForm.get()
  return { url: url.trim(), ...(password === '' ? {} : { password }) }
}

/** What is on it. */
export function lookAtQueue(): void {
  inBackground(async () => {
    const release = busy('queue')
    try {
      const answer = await lab.queueOverview(queueRef())
      queueForm.update(({ url, password }) => ({ url, password, ...(answer.ok ? { overview: answer.value, refused: [] } : { refused: answer.problems }) }))
    } finally {
      release()
    }
  })
}

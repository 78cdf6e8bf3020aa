import { EventEmitter } from 'node:events'
import { expect, test, vi } from 'vitest'
import { watchEndings } from '../../main/hosts/endings'
import type { Endings, EndingSources } from '../../main/hosts/endings'

class Input extends EventEmitter {
  resume(): this { return this }
}

interface Watched { readonly endings: Endings; readonly signals: EventEmitter; readonly input: Input }

function watch(more: Partial<EndingSources> = {}): Watched {
  const [signals, input] = [new EventEmitter(), new Input()]
  return { signals, input, endings: watchEndings({ process: signals as unknown as NodeJS.Process, input: input as unknown as NodeJS.ReadStream, ...more }) }
}

const OPEN = 'still open'
const state = (endings: Endings): Promise<string> => Promise.race([endings.ended, Promise.resolve(OPEN)])

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('%s ends the lab, before it is ready too, and only once', async (signal) => {
  const { endings, signals } = watch()
  signals.emit(signal, signal)
  signals.emit('SIGTERM', 'SIGTERM')
  expect(await endings.ended).toBe(signal)
})

test('an input that closes later ends it', async () => {
  const { endings, input } = watch()
  endings.ready()
  expect(await state(endings)).toBe(OPEN)
  input.emit('end')
  expect(await endings.ended).toBe('its input was closed')
})

test('an input that was closed from the start had nothing to say', async () => {
  const { endings, input } = watch()
  input.emit('end')
  endings.ready()
  expect(await state(endings)).toBe(OPEN)
})

test('the end of what started it ends it', async () => {
  vi.useFakeTimers()
  try {
    let above = '10 9'
    const { endings } = watch({ ancestors: () => above })
    await vi.advanceTimersByTimeAsync(2_000)
    expect(await state(endings)).toBe(OPEN)
    above = '10 1'
    await vi.advanceTimersByTimeAsync(500)
    expect(await endings.ended).toBe('what started it has ended')
  } finally {
    vi.useRealTimers()
  }
})

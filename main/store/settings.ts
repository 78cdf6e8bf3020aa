/** settings.json: words by key. A damaged file is set aside under another name, never overwritten. */
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { readVersioned, writeAtomic } from './atomic-file'
import { SerialQueue } from './queue'

const MOST_KEYS = 500
const LONGEST_KEY = 100
const LONGEST_VALUE = 100_000

export interface Settings {
  load(): Promise<Readonly<Record<string, string>>>
  save(key: string, value: string): Promise<void>
}

export function createSettings(workspace: string): Settings {
  const path = join(workspace, 'settings.json')
  const queue = new SerialQueue()
  return {
    load: () => queue.run(async () => Object.fromEntries(await read(path))),
    save: (key, value) => queue.run(async () => {
      check(key, value)
      const all = await read(path)
      all.set(key, value)
      if (all.size > MOST_KEYS) throw new Error(`more than ${MOST_KEYS} settings`)
      await writeAtomic(path, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`)
    }),
  }
}

function check(key: string, value: string): void {
  if (typeof key !== 'string' || key === '' || key.length > LONGEST_KEY || key === '__proto__') throw new Error(`a setting's name has 1 to ${LONGEST_KEY} characters`)
  if (typeof value !== 'string' || value.length > LONGEST_VALUE) throw new Error(`a setting's value is text of at most ${LONGEST_VALUE} characters`)
}

async function read(path: string): Promise<Map<string, string>> {
  try {
    const content = await readVersioned(path)
    return content === undefined ? new Map() : parse(content.text)
  } catch {
    await rename(path, path.replace(/\.json$/, `.damaged-${Date.now()}.json`)).catch(() => undefined)
    return new Map()
  }
}

function parse(text: string): Map<string, string> {
  const data: unknown = JSON.parse(text)
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw new Error('not an object')
  return new Map(Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

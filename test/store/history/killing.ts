/** Kills a writing lab with SIGKILL at a chosen moment, again and again on one workspace, and checks each time that everything it was told is kept is there and whole. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HistoryCore } from '../../../main/store/history/core'
import { decodeRecording } from '../../../main/store/history/recording-file'
import { thisProcess } from '../../../main/store/process-began'
import { createStore } from '../../../main/store/store'

const WRITER = fileURLToPath(new URL('./kill-writer.ts', import.meta.url))
const REGISTER = new URL('../../../main/boot/register.mjs', import.meta.url).href

export interface Killed {
  /** Lines that were said before the end: what must be there. */
  readonly said: readonly string[]
  /** What is wrong; empty when all is well. */
  readonly wrong: readonly string[]
  readonly interrupted: number
}

/** `afterLines`: killed as soon as so many things were kept, and `delayMs` later. */
export async function killOnce(workspace: string, afterLines: number, delayMs: number): Promise<Killed> {
  const child = spawn(process.execPath, ['--import', REGISTER, WRITER, workspace], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  let text = ''
  child.stdout.setEncoding('utf8')
  const enough = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: string) => { text += chunk; if (text.split('\n').length > afterLines) resolve() })
  })
  await Promise.race([enough, ended])
  if (delayMs > 0) await new Promise((resolve) => { setTimeout(resolve, delayMs) })
  child.kill('SIGKILL')
  await ended
  const said = text.split('\n').slice(0, -1)
  return { said, ...await check(workspace, said) }
}

async function check(workspace: string, said: readonly string[]): Promise<{ readonly wrong: readonly string[]; readonly interrupted: number }> {
  const wrong: string[] = []
  const core = new HistoryCore({ workspace, owner: { ...thisProcess(), host: 'browser' }, engine: 'test' })
  try {
    const { reports, unclean } = core.state()
    for (const report of reports) wrong.push(`reported: ${report.what}: ${report.why}`)
    for (const line of said) {
      const [what, id, machine, seed] = line.split(' ')
      const entry = what === 'up' || what === 'text' ? undefined : core.entry(id)
      if (what === 'entry' && entry === undefined) wrong.push(`lost: ${line}`)
      if (what === 'run' && entry?.runs.some((run) => run.machine === Number(machine) && run.seed === Number(seed) && run.metrics['run_time'] === 1000 + Number(seed)) !== true) wrong.push(`lost: ${line}`)
      if (what === 'recording' && !core.recording(id, { point: 0, machine: Number(machine), seed: Number(seed) }).ok) wrong.push(`lost: ${line}`)
      if (what === 'end' && entry?.entry.state !== 'done') wrong.push(`lost: ${line}`)
      if (what === 'pin' && !(entry?.entry.pinned === true && entry.entry.tags.includes('kept'))) wrong.push(`lost: ${line}`)
    }
    // Nothing may claim to run; what the dead lab showed is offered.
    if (core.list({ limit: 1000 }).entries.some(({ state }) => state === 'running')) wrong.push('an entry of a dead lab still runs')
    const begun = said.some((line) => line.startsWith('run'))
    if (begun && unclean.shown.length === 0) wrong.push('what was shown is not offered')
    core.dismissUnclean()
    // Whether a row names it by now or not: a file under its own name is whole.
    const folder = join(workspace, 'history', 'recordings')
    for (const name of existsSync(folder) ? readdirSync(folder) : []) {
      if (!name.startsWith('.') && !isWhole(join(folder, name))) wrong.push(`${name} is not whole`)
    }
    await checkTexts(workspace, said, wrong)
    return { wrong, interrupted: unclean.interrupted.length }
  } finally {
    core.close()
  }
}

function isWhole(path: string): boolean {
  try {
    decodeRecording(readFileSync(path))
    return true
  } catch {
    return false
  }
}

/** The file holds the last text that was kept, or the one that was being saved; every earlier one is among its versions. */
async function checkTexts(workspace: string, said: readonly string[], wrong: string[]): Promise<void> {
  const store = await createStore(workspace)
  try {
    const saved = said.filter((line) => line.startsWith('text ')).map((line) => `// ${line.slice(5)}\n`)
    if (saved.length === 0) return
    const now = await store.read('policies/p.ts')
    if (!now.ok || !/^\/\/ [0-9a-z]{12}\n$/.test(now.value.text)) wrong.push(`the file is broken: ${now.ok ? JSON.stringify(now.value.text) : now.problems[0].message}`)
    const list = await store.versions('policies/p.ts')
    const texts = new Set<string>()
    for (const { id } of list.ok ? list.value : []) {
      const text = await store.version('policies/p.ts', id)
      if (text.ok) texts.add(text.value)
      else wrong.push(`version ${id} can't be read`)
    }
    for (const text of saved) if (!texts.has(text)) wrong.push(`a saved text is lost: ${text}`)
  } finally {
    store.close()
  }
}

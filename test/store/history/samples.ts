/** Workspaces and histories for tests, closed and removed after each. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { HistoryCore } from '../../../main/store/history/core'
import type { NewEntry } from '../../../main/store/history/history'
import { thisProcess } from '../../../main/store/process-began'
import { about, newRun, recording } from './entries'

export { about, newEntry, newRun, recording } from './entries'

const folders: string[] = []
const cores: HistoryCore[] = []

afterEach(() => {
  for (const core of cores.splice(0)) try { core.close() } catch { /* a test may have closed or broken it */ }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

export function workspace(): string {
  const folder = mkdtempSync(join(tmpdir(), 'history-test-'))
  folders.push(folder)
  return folder
}

/** Closed after the test. */
export function open(folder: string, host = 'browser', engine = 'test'): HistoryCore {
  const core = new HistoryCore({ workspace: folder, owner: { ...thisProcess(), host }, engine })
  cores.push(core)
  return core
}

/** An entry with all its runs and recordings, ended. */
export function fill(core: HistoryCore, entry: NewEntry, recorded = true): void {
  core.begin(entry)
  for (let seed = 1; seed <= entry.seeds; seed++) {
    entry.machines.forEach((_, machine) => {
      const run = newRun({ machine, seed, key: `${entry.id}-${machine}-${seed}` })
      core.addRuns(entry.id, [run])
      if (recorded) core.addRecording(entry.id, run, recording({ digest: run.digest, seed }), about(entry, run))
    })
  }
  core.end(entry.id, 'done', undefined)
}

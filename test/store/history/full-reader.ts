/** Opens a history as a window does, in a process of its own whose files may not grow, and says what it sees there. */
import { HistoryCore } from '../../../main/store/history/core'
import { thisProcess } from '../../../main/store/process-began'

const core = new HistoryCore({ workspace: process.argv[2], owner: { ...thisProcess(), host: 'browser' }, engine: 'test' })
const { entries, total } = core.list({})
console.log(JSON.stringify({ total, runs: entries.map(({ id }) => core.entry(id)?.runs.length), ok: core.recording(entries[0].id, { point: 0, machine: 1, seed: 2 }).ok }))
try {
  core.change(entries[0].id, { name: 'x' })
} catch (error) {
  console.log(error instanceof Error ? error.message : String(error))
}
core.close()

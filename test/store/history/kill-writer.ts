/**
 * A lab that keeps things as fast as it can until it is killed; says each thing that it was told is kept. Argument: the workspace. Run by kill.test.ts and test/bench/history.ts
 * as a process of its own.
 */
import { createHistory, newEntryId } from '../../../main/store/history/history'
import { createStore } from '../../../main/store/store'
import { about, newEntry, newRun, recording } from './entries'

const [workspace] = process.argv.slice(2)
const history = createHistory({ workspace, engine: 'test', host: 'browser' })
const store = await createStore(workspace)
const kept = (what: string): void => { process.stdout.write(`${what}\n`) }
let version = ''
const read = await store.read('policies/p.ts')
if (read.ok) version = read.value.version

kept('up')
for (let n = 0; ; n++) {
  const entry = newEntry({ id: newEntryId(), words: [`n${n}`] })
  await history.begin(entry)
  kept(`entry ${entry.id}`)
  await history.show([entry.id])
  for (const machine of [0, 1]) {
    for (const seed of [1, 2]) {
      const run = newRun({ machine, seed, key: `${entry.id}m${machine}s${seed}` })
      await history.addRuns(entry.id, [run])
      kept(`run ${entry.id} ${machine} ${seed}`)
      await history.addRecording(entry.id, run, recording({ digest: run.digest, seed }), about(entry, run))
      kept(`recording ${entry.id} ${machine} ${seed}`)
    }
  }
  await history.end(entry.id, 'done', undefined)
  kept(`end ${entry.id}`)
  if (n % 3 === 0) {
    await history.change(entry.id, { tags: ['kept'], pinned: true })
    kept(`pin ${entry.id}`)
  }
  const saved = await store.save('policies/p.ts', `// ${entry.id}\n`, version)
  if (!saved.ok) throw new Error(saved.problems[0].message)
  version = saved.value.version
  kept(`text ${entry.id}`)
}

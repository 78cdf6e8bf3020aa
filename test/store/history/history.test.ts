import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createHistory, HistoryUnavailable, newEntryId, type History } from '../../../main/store/history/history'
import { about, newEntry, newRun, recording, workspace } from './samples'

const opened: History[] = []
afterEach(async () => { for (const history of opened.splice(0)) await history.close() })

function history(folder: string, host = 'browser'): History {
  const one = createHistory({ workspace: folder, engine: 'test', host })
  opened.push(one)
  return one
}

test('what one lab keeps the next one finds, recordings bit for bit', async () => {
  const folder = workspace()
  const first = history(folder)
  const [entry, run] = [newEntry(), newRun()]
  await first.begin(entry)
  await first.addRuns(entry.id, [run])
  await first.addRecording(entry.id, run, recording(), about(entry, run))
  await first.end(entry.id, 'done', undefined)
  await first.close()
  const second = history(folder)
  expect(await second.recording(entry.id, run)).toEqual({ ok: true, recording: recording() })
  expect((await second.entry(entry.id))?.runs).toEqual([{ ...run, recorded: true }])
  expect(await second.recording(entry.id, { ...run, seed: 2 })).toMatchObject({ ok: false, why: 'none' })
  expect((await second.state()).unclean).toEqual({ shown: [], interrupted: [] })
})

test('close waits for what is being written', async () => {
  const folder = workspace()
  const one = history(folder)
  const [entry, run] = [newEntry(), newRun()]
  void one.begin(entry)
  void one.addRuns(entry.id, [run])
  for (let seed = 1; seed <= 5; seed++) void one.addRecording(entry.id, { ...run, seed }, recording({ digest: `d${seed}` }), about(entry, { ...run, seed }))
  await one.close()
  expect(readdirSync(join(folder, 'history', 'recordings'))).toHaveLength(5)
  await expect(one.list({})).rejects.toThrow('closed')
})

test('two labs write to one history at the same time, and both see all of it', async () => {
  const folder = workspace()
  const labs = [history(folder), history(folder, 'cli')]
  const ids = await Promise.all(Array.from({ length: 30 }, async (_, i) => {
    const id = newEntryId()
    const lab = labs[i % 2]
    await lab.begin(newEntry({ id }))
    await lab.addRuns(id, [newRun({ key: id }), newRun({ seed: 2, key: `${id}2` })])
    await lab.end(id, 'done', undefined)
    return id
  }))
  for (const lab of labs) {
    const { entries, total } = await lab.list({ limit: 1000 })
    expect(total).toBe(30)
    expect(entries.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
    expect(entries.every(({ ended, state }) => ended === 2 && state === 'done')).toBe(true)
  }
})

test('a folder that cannot be written makes no history, says so, and is tried again', async () => {
  const folder = workspace()
  writeFileSync(join(folder, 'history'), 'a file in its place')
  const one = history(folder)
  await expect(one.list({})).rejects.toThrow(HistoryUnavailable)
  const { rmSync } = await import('node:fs')
  rmSync(join(folder, 'history'))
  mkdirSync(join(folder, 'history'))
  expect((await one.list({})).total).toBe(0)
})

test('ten thousand summaries of a sweep go in batches and come back in order', async () => {
  const one = history(workspace())
  const entry = newEntry({ kind: 'sweep', runs: 10_000 })
  await one.begin(entry)
  for (let batch = 0; batch < 20; batch++) {
    await one.addRuns(entry.id, Array.from({ length: 500 }, (_, i) => newRun({ point: batch * 500 + i, key: `k${batch * 500 + i}`, metrics: { a: i, b: batch / 3 } })))
  }
  const found = await one.entry(entry.id)
  expect(found?.entry.ended).toBe(10_000)
  expect(found?.runs.map(({ point }) => point)).toEqual(Array.from({ length: 10_000 }, (_, i) => i))
  expect(found?.runs[1234].metrics).toEqual({ a: 234, b: 2 / 3 })
})

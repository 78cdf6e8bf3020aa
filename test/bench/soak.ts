/**
 * Hours of work in a loop: a policy is changed, saved, loaded, checked, run against its base, exported; what the lab holds is watched. Nothing may grow: heap after a
 * collection, processes, file handles. Prints a line every half minute and the verdict: the last third against the second.
 * Run: node --expose-gc --import ./main/boot/register.mjs test/bench/soak.ts [minutes]
 */
import { readFileSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLab } from '../../main/lab/lab'
import { forkChildRunner } from '../../main/runner/fork-child'
import type { ExperimentStatus, Result } from '../../preload/contract'

const MINUTES = Number(process.argv[2] ?? 60)
const EVERY_MS = 30_000

interface Sample { readonly s: number; readonly turns: number; readonly heapMb: number; readonly rssMb: number; readonly childRssMb: number; readonly children: number; readonly handles: number }

const workspace = await mkdtemp(join(tmpdir(), 'soak-'))
const lab = await createLab({ workspace, kept: true, host: 'browser', forkRunner: forkChildRunner })
const samples: Sample[] = []
const began = performance.now()
let turns = 0
let version = ''

/** Every fifth throws in its first hook, so that ejections are among what is soaked. */
function policy(turn: number): string {
  const body = turn % 5 === 4 ? "throw new Error('soak')" : 'return k.base.zoneWatermarks(args)'
  return `import { definePolicy } from 'reclaim-lab'\n// ${turn}\nexport default definePolicy({ api: 1, name: 'soak', hooks: { zoneWatermarks(args, k) { ${body} } } })\n`
}

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.value
}

async function ended(id: string): Promise<ExperimentStatus> {
  return new Promise((resolve) => {
    const look = (now: ExperimentStatus): void => { if (now.id === id && now.state !== 'running') { stop(); resolve(now) } }
    const stop = lab.on('experiment', look)
    void lab.experiment(id).then((now) => { if (now.ok) look(now.value) })
  })
}

async function turn(): Promise<void> {
  const text = policy(turns)
  version = value(await lab.save('policies/soak.ts', text, version)).version
  await lab.check('policies/soak.ts', text)
  const { id } = value(await lab.compare({ scenario: { kind: 'preset', id: 'seed-000-raise-min-free' }, base: 'linux-6.1', policies: [{ kind: 'name', name: 'soak' }], seeds: 1, set: {} }))
  // Every seventh is cancelled on its way.
  if (turns % 7 === 6) await lab.cancel(id)
  const status = await ended(id)
  if (turns % 7 !== 6 && status.runs.some((run) => run.state !== 'done' || (run.machine === 1 && (run.ejections.length > 0) !== (turns % 5 === 4)))) throw new Error(`turn ${turns}: ${JSON.stringify(status.runs)}`)
  if (turns % 10 === 0) value(await lab.exportFile({ kind: 'report', experiment: id }))
  turns++
}

function childrenOf(pid: number): readonly number[] {
  try {
    const own = readdirSync(`/proc/${pid}/task`).flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ')).filter((word) => word !== '').map(Number)
    return own.flatMap((child) => [child, ...childrenOf(child)])
  } catch {
    return []
  }
}

function rssMb(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

function sample(): void {
  globalThis.gc?.()
  const children = childrenOf(process.pid)
  const { heapUsed, rss } = process.memoryUsage()
  const one: Sample = { s: Math.round((performance.now() - began) / 1000), turns, heapMb: heapUsed / 2 ** 20, rssMb: rss / 2 ** 20, childRssMb: children.reduce((sum, pid) => sum + rssMb(pid), 0), children: children.length, handles: readdirSync('/proc/self/fd').length }
  samples.push(one)
  console.log(Object.values(one).map((number: number) => String(Math.round(number)).padStart(9)).join(''))
}

console.log(['s', 'turns', 'heap MB', 'rss MB', 'runners', 'processes', 'handles'].map((word) => word.padStart(9)).join(''))
let next = EVERY_MS
while (performance.now() - began < MINUTES * 60_000) {
  await turn()
  if (performance.now() - began >= next) {
    sample()
    next += EVERY_MS
  }
}
sample()
await lab.dispose()
await rm(workspace, { recursive: true, force: true })

const third = Math.max(1, Math.floor(samples.length / 3))
const mean = (part: readonly Sample[], key: keyof Sample): number => part.reduce((sum, one) => sum + one[key], 0) / part.length
for (const key of ['heapMb', 'rssMb', 'childRssMb', 'children', 'handles'] as const) {
  const [before, after] = [mean(samples.slice(third, 2 * third), key), mean(samples.slice(-third), key)]
  console.log(`${key}: ${before.toFixed(1)} in the second third, ${after.toFixed(1)} in the last (${(((after - before) / before) * 100).toFixed(1)} %)`)
}
console.log(`${turns} turns; children left: ${childrenOf(process.pid).length}`)

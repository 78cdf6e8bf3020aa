/**
 * Everything that reads what people or other programs wrote, against a thousand damaged inputs each (FUZZ_INPUTS=10000 for more): nothing throws, what is refused is refused
 * in words, what is accepted is a scenario that stands up to the check of all scenarios.
 */
import { readFileSync } from 'node:fs'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import linux61 from '../../plugins/kernels/linux-6.1'
import { createContent } from '../../main/lab/default-content'
import { openBundle } from '../../main/lab/export/bundle'
import { importMachine } from '../../main/lab/import/import-machine'
import { importTrace } from '../../main/lab/import/trace/import-trace'
import { createPolicyLibrary, type PolicyLibrary } from '../../main/lab/policy-library'
import { PRESETS } from '../../main/lab/presets'
import { parseScenario, parseScenarioText } from '../../main/lab/scenario-schema'
import { createStore, type Store } from '../../main/store/store'
import { decode, encode, WireError } from '../../preload/wire'
import type { Problem, Result, Scenario } from '../../preload/contract'
import { fakeCompiler, FakeRuns } from '../lab/doubles'
import { mutated } from './mutate'

const INPUTS = Number(process.env['FUZZ_INPUTS'] ?? 1000)
const TIME = 60_000 + INPUTS * 60

const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/${name}`, import.meta.url))
const text = (value: string): Buffer => Buffer.from(value)

function said(problems: readonly Problem[]): void {
  if (problems.length === 0) throw new Error('refused without a word')
  for (const { path, message } of problems) if (typeof path !== 'string' || message.length < 3) throw new Error(`a problem without words: ${JSON.stringify({ path, message })}`)
}

function stands(result: Result<{ readonly scenario: Scenario } | Scenario>): void {
  if (!result.ok) return said(result.problems)
  const scenario = 'scenario' in result.value ? result.value.scenario : result.value
  const again = parseScenario(scenario, linux61.sysctls)
  if (!again.ok) throw new Error(`accepted, but not a scenario: ${JSON.stringify(again.problems[0])}`)
}

/** Names the seed of the first input that breaks it, to run that one again. */
async function fuzz(seeds: readonly Buffer[], read: (bytes: Buffer) => Promise<void> | void): Promise<void> {
  for (let seed = 1; seed <= INPUTS; seed++) {
    try {
      await read(mutated(seeds, seed))
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.stack ?? error.message : String(error)}`)
    }
  }
}

const SMALL_PRESETS = [...PRESETS].map(({ scenario }) => text(JSON.stringify(scenario, null, 1))).filter((bytes) => bytes.length < 20_000)

test('scenario files', () => fuzz(SMALL_PRESETS, (bytes) => stands(parseScenarioText(bytes.toString(), linux61.sysctls))), TIME)

const machine = (file: string): string => fixture(`machine-6.18/proc/${file}`).toString()
const ZONEINFO = [fixture('seed-000-session.txt'), fixture('seed-000-raised.txt'), fixture('seed-003-min.txt'), text(machine('zoneinfo').slice(0, 6000))]

test('zoneinfo and terminal sessions', () => fuzz(ZONEINFO, async (bytes) => stands(await importMachine({ kind: 'text', files: { zoneinfo: bytes.toString() } }, linux61))), TIME)

test('meminfo, vmstat, buddyinfo, sysctls beside a good zoneinfo', () => fuzz([text(machine('meminfo')), text(machine('vmstat')), text(machine('buddyinfo')), text('60'), text('256 256 32 0')], async (bytes) => {
  const given = bytes.toString()
  stands(await importMachine({ kind: 'text', files: { zoneinfo: machine('zoneinfo'), meminfo: given, vmstat: given, buddyinfo: given, sysctl: { 'vm.min_free_kbytes': given.slice(0, 200), 'vm.lowmem_reserve_ratio': given.slice(0, 40) } } }, linux61))
}), TIME * 2)

const OOM = text(`[ 12.3] hog invoked oom-killer: gfp_mask=0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO), order=0, oom_score_adj=0
[ 12.3] Mem-Info:
[ 12.3] active_anon:20 inactive_anon:90000 isolated_anon:0
[ 12.3] Node 0 DMA free:1920kB boost:0kB min:88kB low:108kB high:128kB reserved_highatomic:0KB active_anon:0kB inactive_anon:13000kB active_file:0kB inactive_file:0kB unevictable:0kB writepending:0kB present:15992kB managed:15360kB mlocked:0kB bounce:0kB free_pcp:0kB local_pcp:0kB free_cma:0kB
[ 12.3] lowmem_reserve[]: 0 400 400 400
[ 12.3] Node 0 DMA32 free:2600kB boost:0kB min:2652kB low:3312kB high:3972kB reserved_highatomic:0KB active_anon:80kB inactive_anon:350000kB active_file:0kB inactive_file:12kB unevictable:0kB writepending:0kB present:507752kB managed:464900kB mlocked:0kB bounce:0kB free_pcp:0kB local_pcp:0kB free_cma:0kB
[ 12.3] lowmem_reserve[]: 0 0 0 0
[ 12.3] [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[ 12.3] [    101]     0   101    90100    89900   761856        0             0 hog
[ 12.3] Out of memory: Killed process 101 (hog) total-vm:360400kB, anon-rss:359600kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:744kB oom_score_adj:0
`)

test('OOM reports', () => fuzz([OOM], async (bytes) => stands(await importMachine({ kind: 'text', files: { zoneinfo: bytes.toString() } }, linux61))), TIME)

test('config.json of recorded runs', () => fuzz(['anonfill-noswap', 'thrash-zipf', 'zram'].map((name) => fixture(`configs/${name}.json`)), async (bytes) => stands(await importMachine({ kind: 'config-json', text: bytes.toString() }, linux61))), TIME)

const RECORDS = Buffer.alloc(24 * 6)
for (let i = 0; i < 6; i++) { RECORDS.writeBigUInt64LE(BigInt(i % 3), i * 24 + 4); RECORDS.writeUInt32LE(4096 * i, i * 24 + 12) }
const LINES = text(`# tracer: nop\n${Array.from({ length: 12 }, (_, i) => ` app-${1 + (i % 2)} [000] ..... 1.${100 + i}000: ${i % 3 === 0 ? `page_fault_user: address=0x7f00${i}000 ip=0x1 error_code=0x${6 - (i % 2) * 2}` : `mm_filemap_fault: dev 8:1 ino a${i % 4} ofs=${i * 4096}`}`).join('\n')}\n`)
const TRACES = [RECORDS, zstdCompressSync(RECORDS), gzipSync(RECORDS), text('time,obj,size\n1,a,4096\n2,b,9000\n3,a,4096\n'), text('1,7,100\n2,8,200\n'), LINES, zstdCompressSync(LINES)]

test('traces: oracleGeneral, CSV, ftrace; plain, zstd, gzip', () => fuzz(TRACES, async (bytes) => {
  async function* chunks(): AsyncGenerator<Uint8Array> { for (let at = 0; at < bytes.length; at += 97) yield bytes.subarray(at, at + 97) }
  stands(await importTrace({ name: 'trace', chunks: chunks(), bound: 200 }, linux61))
}), TIME)

let folder: string
let store: Store
let library: PolicyLibrary
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fuzz-'))
  store = await createStore(folder)
  library = createPolicyLibrary({ compiler: fakeCompiler(), runs: new FakeRuns(), content: createContent() }, store)
})
afterAll(async () => {
  store.close()
  await rm(folder, { recursive: true, force: true })
})

test('bundles, and reports that hold one', async () => {
  const content = createContent()
  const bundle = JSON.stringify({
    format: 'reclaim-lab-bundle', version: 1, lab: '0.1.0', engine: (await import('../../main/engine')).ENGINE_VERSION, title: { en: 'a', zh: 'b' }, kernels: {}, scenarios: [PRESETS[0].scenario],
    machines: [{ label: 'linux-6.1', kernel: 'linux-6.1', scenario: 0, policies: [{ name: 'x', file: 'x.ts', source: 'name: x', params: { factor: 2, mode: 'b' } }] }], seeds: 1, firstSeed: 1, runs: [{ machine: 0, seed: 1, digest: 'a'.repeat(32) }],
  })
  await fuzz([text(bundle), text(`<html><script type="application/json" id="reclaim-lab-bundle">${bundle}</script></html>`)], async (bytes) => {
    const opened = await openBundle(bytes.toString(), content, library)
    if (!opened.ok) said(opened.problems)
    else expect(opened.value.machines.length).toBeGreaterThan(0)
  })
}, TIME)

test('messages of the loopback host', () => fuzz([Buffer.from(encode({ type: 'request', id: 1, name: 'series', args: ['r', ['a'], 0, Infinity, 5] })), Buffer.from(encode({ type: 'answer', id: 1, value: { x: Float64Array.of(1, 2), y: [undefined, 7n, -0] } }))], (bytes) => {
  try {
    decode(bytes)
  } catch (error) {
    // What it may throw: its own word, or JSON's and UTF-8's.
    if (!(error instanceof WireError) && !(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error
  }
}), TIME)

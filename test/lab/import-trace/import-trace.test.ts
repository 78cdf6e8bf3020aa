/** Traces as workloads: what is read of each format, what is refused with its line, what is bounded, and that the engine visits exactly those pages. */
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import fc from 'fast-check'
import { createSimulation } from '../../../main/engine'
import type { Phase, Recording, Scenario } from '../../../main/engine'
import { importTrace, type TraceSource } from '../../../main/lab/import/trace/import-trace'
import { importMachine } from '../../../main/lab/import/import-machine'
import linux61 from '../../../plugins/kernels/linux-6.1'
import type { ImportSummary, Problem, Result } from '../../../preload/contract'

type Walk = Extract<Phase, { op: 'fread' | 'touch' }>

function source(name: string, bytes: Uint8Array | string, chunk = 1 << 16): TraceSource {
  const all = typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes)
  async function* chunks(): AsyncGenerator<Uint8Array> { for (let at = 0; at < all.length; at += chunk) yield all.subarray(at, at + chunk) }
  return { name, chunks: chunks() }
}

async function good(asked: TraceSource): Promise<ImportSummary> {
  const result = await importTrace(asked, linux61)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.value
}

const bad = async (asked: TraceSource): Promise<readonly Problem[]> => {
  const result: Result<ImportSummary> = await importTrace(asked, linux61)
  return result.ok ? [] : result.problems
}

function oracle(requests: readonly (readonly [object: number, bytes: number])[]): Buffer {
  const out = Buffer.alloc(requests.length * 24)
  requests.forEach(([object, bytes], i) => {
    out.writeUInt32LE(i, i * 24)
    out.writeBigUInt64LE(BigInt(object), i * 24 + 4)
    out.writeUInt32LE(bytes, i * 24 + 12)
    out.writeBigInt64LE(-1n, i * 24 + 16)
  })
  return out
}

const walks = ({ processes }: Scenario): readonly Walk[] => processes.flatMap(({ phases }) => phases.filter((phase): phase is Walk => phase.op === 'fread' || phase.op === 'touch'))

test('oracleGeneral, plain, zstd and gzip, in chunks of any size: objects become page ranges in the order they are first seen', async () => {
  const bytes = oracle([[7, 4096], [9, 10_000], [7, 4096], [9, 1], [2, 0]])
  const want = [0, 1, 2, 3, 0, 1, 2, 3, 4]
  for (const [name, packed] of [['t.oracleGeneral', bytes], ['t.oracleGeneral.zst', zstdCompressSync(bytes)], ['t.bin.gz', gzipSync(bytes)]] as const) {
    for (const chunk of [1, 7, 24, 65_536]) {
      const { scenario } = await good(source(name, packed, chunk))
      expect(walks(scenario).map(({ op, list, count }) => [op, list, count])).toEqual([['fread', want, want.length]])
      expect(scenario.files).toEqual([{ path: '/trace/objects', pages: 5, disk: 'vda' }])
    }
  }
})

test('CSV in libCacheSim\'s own order, and under a header in any', async () => {
  const plain = await good(source('c.csv', '1,a,8192,5\n2,b,100,-1\n3,a,8192,-1\n'))
  expect(walks(plain.scenario)[0].list).toEqual([0, 1, 2, 0, 1])
  const named = await good(source('c.csv', '# made by hand\nsize,obj_id,time\r\n8192,a,1\r\n100,b,2\r\n8192,a,3\r\n'))
  expect(walks(named.scenario)[0].list).toEqual([0, 1, 2, 0, 1])
  expect(plain.read[0].en).toBe('3 rows of CSV: 5 touches of 3 pages (0.0 MiB) by 1 process')
})

const FTRACE = `# tracer: nop
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
            my app-812     [000] .....   100.000000: mm_filemap_add_to_page_cache: dev 8:1 ino 1a2b pfn=0x10 ofs=8192 order=0
            my app-812     [000] .....   100.002000: mm_filemap_get_pages: dev 8:1 ino 1a2b ofs=0-12288
             other-9       [001] d....   100.003500: page_fault_user: address=0x7f0000001000 ip=0x401000 error_code=0x6
             other-9       [001] d....   100.004000: page_fault_user: address=0x7f0000009abc ip=0x401000 error_code=0x4
            my app-812     [000] .....   100.005000: mm_filemap_delete_from_page_cache: dev 8:1 ino 1a2b pfn=0x10 ofs=8192 order=0
            my app-812     [000] .....   100.006000: sched_switch: prev_comm=x
`

test('ftrace: tasks become processes, inodes files, faults anonymous memory; times are kept', async () => {
  const { scenario, read, notModelled } = await good(source('trace.txt', FTRACE))
  expect(scenario.processes.map((process) => process.name)).toEqual(['my app-812', 'other-9'])
  expect(walks(scenario).map(({ op, r, list, atMs, ...rest }) => [op, r, 'rw' in rest ? rest.rw : '-', list, atMs])).toEqual([
    ['fread', 'f0', '-', [2, 0, 1, 2], [0, 2, 2, 2]], ['touch', 'anon', 'w', [0], [3.5]], ['touch', 'anon', 'r', [1], [4]],
  ])
  expect(scenario.files).toEqual([{ path: '/trace/8:1/1a2b', pages: 3, disk: 'vda' }])
  expect(read[0].en).toBe('4 events of the kernel: 6 touches of 5 pages (0.0 MiB) by 2 processes')
  expect(notModelled.map(({ en }) => en)).toEqual(['1 removals from the page cache: the recorded kernel\'s decisions; the simulated one takes its own'])
})

test('perf script says the same in its own way', async () => {
  const perf = `my app   812/814  [000]   100.000000:          1 filemap:mm_filemap_add_to_page_cache: dev 8:1 ino 1a2b pfn=0x10 ofs=8192 order=0
            ffffffff81234567 filemap_add_folio+0x1 ([kernel.kallsyms])
kswapd0     9 [001]   100.001000: exceptions:page_fault_user: address=0x7f0000001000 ip=0x401000 error_code=0x6
`
  const { scenario } = await good(source('perf.txt', perf))
  expect(walks(scenario).map(({ op, list, atMs }) => [op, list, atMs])).toEqual([['fread', [2], [0]], ['touch', [0], [1]]])
})

test('what can\'t be read is refused with its line', async () => {
  expect(await bad(source('c.csv', '1,a,10\n2,b,ten\n3,c,-1\n'))).toEqual([
    { path: 'c.csv:2', line: 2, message: '"2,b,ten" has the size "ten"; must be a whole number of bytes from 0 to 1,099,511,627,776' },
    { path: 'c.csv:3', line: 3, message: '"3,c,-1" has the size "-1"; must be a whole number of bytes from 0 to 1,099,511,627,776' },
  ])
  expect((await bad(source('c.csv', 'time,what,size\n1,a,10\n')))[0]).toMatchObject({ line: 1, message: expect.stringContaining('names no column for the object') as string })
  expect((await bad(source('f.txt', FTRACE.replace('ofs=8192', 'ofs=no'))))[0]).toMatchObject({ path: 'f.txt:3', line: 3, message: expect.stringContaining('must say dev MAJOR:MINOR') as string })
  expect((await bad(source('t.oracleGeneral', oracle([[1, 1], [2, 2]]).subarray(0, 40))))[0].message).toBe('ends in the middle of record 2: 16 of 24 bytes')
  expect((await bad(source('x.zst', Buffer.concat([zstdCompressSync(oracle([[1, 1]])).subarray(0, 8), Buffer.alloc(40, 0x55)]))))[0].message).toMatch(/its zstd archive is damaged/)
  expect((await bad(source('x', Buffer.from([200, 7, 201, 202]))))[0].message).toMatch(/is neither text nor records/)
  expect((await bad(source('e', '')))[0].message).toBe('is empty')
  expect((await bad(source('f.txt', '# tracer: nop\n')))[0].message).toMatch(/holds no event that touches pages/)
})

test('half a million touches are taken of a longer trace, and the figure is said', async () => {
  const many = Buffer.concat(Array.from({ length: 6 }, () => oracle(Array.from({ length: 100_000 }, (_, i) => [i % 5000, 4096] as const))))
  const { scenario, notModelled } = await good(source('big.oracleGeneral.zst', zstdCompressSync(many)))
  expect(walks(scenario)[0].count).toBe(500_000)
  expect(notModelled[0].en).toBe('what comes later in the file: at most 500,000 touches are taken')
})

test('the beginning of a file that was cut off is read, and how much of it', async () => {
  const packed = zstdCompressSync(oracle(Array.from({ length: 20_000 }, (_, i) => [(i * 7919) % 3001, 4096] as const)))
  const result = await importMachine({ kind: 'trace', name: 'a.oracleGeneral.zst', bytes: packed.subarray(0, packed.length >> 1), size: packed.length, memoryPages: 9000 }, linux61)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  expect(result.value.scenario.machine.zones[0].managed).toBe(9000)
  expect(result.value.notModelled[0].en).toContain(`${(packed.length >> 1).toLocaleString('en-US')} of its ${packed.length.toLocaleString('en-US')} bytes were read`)
})

test('a trace that changes files at every access is cut where a scenario has no more phases', async () => {
  const lines = Array.from({ length: 95_000 }, (_, i) => `app-1 [000] ..... ${(i / 1e4).toFixed(6)}: mm_filemap_fault: dev 8:1 ino ${(i % 2) + 1} ofs=${(i % 50) * 4096}`)
  const { scenario, notModelled } = await good(source('f.txt', lines.join('\n')))
  expect(walks(scenario)).toHaveLength(90_000)
  expect(notModelled[0].en).toMatch(/^5,000 touches beyond/)
})

test('the engine reads exactly the pages of the list, and not before they are due', async () => {
  const { scenario } = await good({ ...source('c.csv', Array.from({ length: 300 }, (_, i) => `${i},${(i * 37) % 100},4096`).join('\n')), memoryPages: 16_384 })
  const done = run({ ...scenario, files: scenario.files.map((file) => ({ ...file })) })
  expect(done.summary.end).toBe('done')
  expect(done.summary.tasks[0].phases.at(-1)).toMatchObject({ op: 'fread', touches: 300, errors: 0 })
  expect(done.summary.delta['pgpgin'] ?? done.summary.io['vda'].readPages).toBeGreaterThanOrEqual(100)
  const timed = run((await good(source('trace.txt', FTRACE))).scenario)
  const ends = timed.summary.tasks.map((task) => task.phases.at(-1)?.endNs ?? 0)
  expect(ends[0]).toBeGreaterThanOrEqual(2e6)
  expect(ends[1]).toBeGreaterThanOrEqual(4e6)
  expect(ends[1]).toBeLessThan(5e6)
  expect(timed.summary.tasks[1].phases.map((phase) => phase.minflt + phase.majflt).reduce((a, b) => a + b)).toBe(2)
})

function run(scenario: Scenario): Recording {
  const simulation = createSimulation({ scenario, kernel: linux61, policies: [], seed: 1 })
  while (simulation.step(10_000));
  return simulation.finish()
}

test('whatever bytes come, there is an answer: a scenario or problems with words', async () => {
  const piece = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 200 }).map((text) => Buffer.from(text)), fc.constantFrom(Buffer.from(FTRACE), oracle([[1, 5000]]), Buffer.from('1,2,3\n')))
  await fc.assert(fc.asyncProperty(fc.array(piece, { maxLength: 5 }), fc.boolean(), async (pieces, packed) => {
    const bytes = Buffer.concat(pieces)
    const result = await importTrace({ ...source('x', packed ? zstdCompressSync(bytes) : bytes, 50), bound: 500 }, linux61)
    if (result.ok) expect(result.value.scenario.processes.length).toBeGreaterThan(0)
    else expect(result.problems.every(({ message }) => message.length > 5)).toBe(true)
  }), { seed: 1, numRuns: 1000 })
})

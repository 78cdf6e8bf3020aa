/** How people name a page, what is said to slips, and that every event has a sentence. */
import { expect, test } from 'vitest'
import type { PageEvent } from '../../../main/engine'
import { lifeText } from '../../../main/cli/follow-command'
import { lifeView } from '../../../main/lab/follow/follow'
import { parsePageQuery, showPage } from '../../../main/lab/follow/page-query'
import { pageSentence } from '../../../main/lab/follow/page-sentence'
import { sample } from '../scenario-sample'

const parse = (page: string, from = 0) => parsePageQuery(page, from, sample())

function refusal(page: string, from = 0): string {
  const result = parse(page, from)
  if (result.ok) throw new Error(`${page} was taken`)
  return result.problems.map(({ path, message }) => `${path} ${message}`).join('\n')
}

test('a page of a process, of a file, and the next evicted', () => {
  expect(parse('hog:A:99', 5)).toEqual({ ok: true, value: { page: { kind: 'anon', process: 'hog', region: 'A', index: 99 }, from: 5 } })
  expect(parse('file:/mnt/big.dat:7')).toEqual({ ok: true, value: { page: { kind: 'file', path: '/mnt/big.dat', index: 7 }, from: 0 } })
  expect(parse('next-evicted:file', 1e9)).toEqual({ ok: true, value: { page: { kind: 'next-evicted', of: 'file' }, from: 1e9 } })
  for (const page of ['hog:A:99', 'file:/mnt/big.dat:7']) {
    const result = parse(page)
    if (result.ok && result.value.page.kind !== 'next-evicted') expect(showPage(result.value.page)).toBe(page)
    else throw new Error(page)
  }
})

test('a slip is told with what there is', () => {
  expect(refusal('hgo:A:1')).toBe('page names a process that the scenario doesn\'t have, "hgo". Did you mean "hog"?')
  expect(refusal('hog:B:1')).toBe('page names a region that hog doesn\'t map, "B". Did you mean "A"?')
  expect(refusal('reader:F:1')).toMatch(/^page names a region that reader doesn't map, "F"\./)
  expect(refusal('hog:A:100')).toBe('page is page 100 of hog:A, which has 100 pages, 0 to 99')
  expect(refusal('file:/mnt/big.dta:1')).toMatch(/Did you mean "\/mnt\/big.dat"\?$/)
  for (const page of ['', 'hog', 'hog:1', 'hog:A:-1', 'hog:A:1.5', 'next-evicted:both', '__proto__', 'constructor']) expect(refusal(page)).toMatch(/^page must be PROCESS:REGION:PAGE/)
  expect(refusal('next-evicted', -1)).toBe('from must be a time in ns from 0 up, not -1')
})

const EVENTS: readonly PageEvent[] = [
  { t: 1e6, kind: 'lru_add', task: 'app', args: { list: 'inactive_anon', others: 14, full: 1 } },
  { t: 2e6, kind: 'references', task: 'kswapd0', args: { young: 1, referenced: 0, verdict: 'keep' } },
  { t: 3e6, kind: 'swap_slot', task: 'kswapd0', args: { area: 0, offset: 512, cluster: 1, before: 511, after: -1 } },
  { t: 4e6, kind: 'fate', task: 'kswapd0', args: { fate: 'activate', why: 'dirty-file' } },
]

test('events are told in both languages', () => {
  expect(EVENTS.map((event) => pageSentence(event).en)).toEqual([
    'The batch is full: with 14 others it reaches the head of inactive_anon.',
    'Its young bit is found and cleared (1 PTE), PG_referenced was not set: kept for one more round.',
    "It gets slot 512 of swap area 0, in cluster 1; beside its neighbour's slot (page before: 511).",
    "Activated: a dirty file page, which reclaim does not write. It is marked so that the flusher's write rotates it.",
  ])
  for (const event of EVENTS) expect(pageSentence(event).zh).toMatch(/[\u4e00-\u9fff]/)
})

test('a tmpfs page says where its swap entry stands', () => {
  const say = (kind: PageEvent['kind'], args: PageEvent['args']): string => pageSentence({ t: 0, kind, task: 'kswapd0', args }).en
  expect(say('unmapped', { entry: 'none', from: 'app', dirty: 1, tmpfs: 1 })).toBe('Its PTE in app is cleared: of a tmpfs page no swap entry goes there; the dirty bit moves to the page.')
  expect(say('cache_del', { slot: 5, index: 7, file: '/s' })).toBe('Place 7 of /s in the mapping holds the swap entry now (slot 5): page tables hold nothing of it, the file does.')
  expect(say('cache_add', { slot: 5, index: 7, file: '/s' })).toBe('It takes its place 7 of /s in the mapping again, where the swap entry (slot 5) stood.')
  expect(say('cache_add', { index: 7, file: '/s' })).toBe("It is page 7 of /s, in the file's mapping: page cache that only swap can hold.")
  expect(parse('next-evicted:tmpfs')).toEqual({ ok: true, value: { page: { kind: 'next-evicted', of: 'tmpfs' }, from: 0 } })
})

test('the terminal shows a row an event, and says so when there is nothing', () => {
  const life = { page: { kind: 'anon', process: 'app', region: 'heap', index: 1 } as const, events: EVENTS, dropped: 3 }
  const lines = lifeText(lifeView({ life })).split('\n')
  expect(lines[0]).toContain('What happened to app:heap:1')
  expect(lines[2]).toMatch(/^ *1\.000 {2}app {6}The batch is full/)
  expect(lines[6]).toBe('… and 3 more; start later with --from')
  expect(lifeText({ events: [], dropped: 0 })).toBe('No page was evicted from then on.\n')
  expect(lifeText({ page: 'app:heap:1', events: [], dropped: 0 })).toMatch(/never in memory/)
})

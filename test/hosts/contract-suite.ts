/** What both hosts must do alike: run against the loopback host for real and against Electron's through its stand-in. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LabApi } from '../../preload/contract'
import { REQUEST_NAMES } from '../../preload/requests'
import { SERIES, STATUS, fakeLab } from './fake-lab'
import type { FakeLab } from './fake-lab'

export interface OpenHost {
  readonly api: LabApi
  /** Sends a request as no honest bridge would; resolves with the fault's message. */
  rawFault(name: unknown, args: unknown): Promise<string>
  close(): Promise<void>
}

export function contractSuite(host: string, open: (lab: FakeLab) => Promise<OpenHost>): void {
  describe(`contract: ${host}`, () => {
    let lab: FakeLab
    let opened: OpenHost

    beforeEach(async () => {
      lab = fakeLab()
      opened = await open(lab)
    })

    afterEach(() => opened.close())

    test('the page sees every request of the contract, on, and nothing else', () => {
      expect(Object.keys(opened.api).sort()).toEqual([...REQUEST_NAMES, 'on'].sort())
    })

    test('arguments arrive as they were sent', async () => {
      const source = { kind: 'text', files: { zoneinfo: 'Node 0, zone DMA\n', meminfo: undefined, sysctl: { 'vm.swappiness': '60' } } } as const
      await opened.api.importMachine(source)
      await opened.api.series('r1', ['a', 'b'], 0, Infinity, 500)
      await opened.api.watchRuns(['e1.0.1', 'e1.1.1'])
      await opened.api.save('policies/ü.ts', '\u0000😀\r\n', '')
      expect(lab.calls).toEqual([
        { name: 'importMachine', args: [source] }, { name: 'series', args: ['r1', ['a', 'b'], 0, Infinity, 500] },
        { name: 'watchRuns', args: [['e1.0.1', 'e1.1.1']] }, { name: 'save', args: ['policies/ü.ts', '\u0000😀\r\n', ''] },
      ])
    })

    test('typed arrays come back as typed arrays, with NaN, -0 and infinities', async () => {
      const answer = await opened.api.series('r1', [], 0, 1, 10)
      if (!answer.ok) throw new Error('refused')
      expect(Object.prototype.toString.call(answer.value.times)).toBe('[object Float64Array]')
      expect([...answer.value.times]).toEqual([...SERIES.times])
      expect([...answer.value.columns['free:0:DMA32']].map((x) => (Object.is(x, -0) ? '-0' : String(x)))).toEqual(['1', 'NaN', '-0'])
      expect([...answer.value.columns['nr_free']]).toEqual([Infinity, -Infinity, 2 ** 53])
    })

    test('results that are refusals come back as values', async () => {
      expect(await opened.api.validateScenario('{}', 'linux-6.1')).toEqual({ ok: false, problems: [{ path: 'machine.zones[1].managed', message: 'missing', line: 3 }] })
      expect(await opened.api.experiment('e9')).toEqual({ ok: false, problems: [{ path: 'id', message: 'no experiment e9' }] })
    })

    test('an error of the lab rejects with its message and no stack of ours', async () => {
      const error = await opened.api.run('r9').then(() => { throw new Error('resolved') }, (reason: unknown) => reason as Error)
      expect(error.message).toBe('no run r9')
      expect(error.stack ?? '').not.toContain('fake-lab')
    })

    test('a request without an answer resolves with nothing', async () => {
      expect(await opened.api.saveSetting('theme', 'dark')).toBeUndefined()
    })

    test('the history is asked, changed and told of', async () => {
      expect(await opened.api.history({ text: 'größer', tags: ['a'], limit: 5 })).toEqual({ ok: true, value: { entries: [], total: 0 } })
      expect(await opened.api.historyCompare(['e.0', 'f.1.2'])).toEqual({ ok: true, value: { kind: 'comparison', id: 'e2' } })
      expect(await opened.api.historyChange('e', { pinned: true, tags: [] })).toMatchObject({ ok: false })
      expect(lab.calls.map(({ args }) => args)).toEqual([[{ text: 'größer', tags: ['a'], limit: 5 }], [['e.0', 'f.1.2']], ['e', { pinned: true, tags: [] }]])
      const overview = await opened.api.historyOverview()
      const told = new Promise((resolve) => { const stop = opened.api.on('history', (now) => { stop(); resolve(now) }) })
      lab.emit('history', overview)
      expect(await told).toEqual(overview)
      expect(overview.reports[0]?.keptAs).toBe('/w/damaged/x.rec')
    })

    test('megabytes pass', async () => {
      const answer = await opened.api.read('policies/big.ts')
      expect(answer.ok && answer.value.text.length).toBe(3_000_000)
      await opened.api.saveDraft('policies/big.ts', 'y'.repeat(3_000_000))
      expect((lab.calls.at(-1)?.args[1] as string).length).toBe(3_000_000)
    })

    test('many requests at once each get their own answer', async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => opened.api.experiment(`x${i}`)))
      expect(answers.map((answer) => (answer.ok ? '' : answer.problems[0].message))).toEqual(Array.from({ length: 50 }, (_, i) => `no experiment x${i}`))
    })

    test('events reach their listeners until they stop listening', async () => {
      // An answer means the way is open.
      await opened.api.files()
      const seen: unknown[] = []
      const next = (count: number): Promise<void> => new Promise((resolve) => {
        const stop = opened.api.on('file', () => { if (--count === 0) { stop(); resolve() } })
      })
      const stop = opened.api.on('experiment', (status) => seen.push(status))
      const other = opened.api.on('experiment', (status) => seen.push(status.id))
      const first = next(1)
      lab.emit('experiment', STATUS)
      lab.emit('file', { file: 'policies/a.ts', change: 'changed', version: '2' })
      await first
      expect(seen).toEqual([STATUS, 'e1'])
      stop()
      const second = next(1)
      lab.emit('experiment', STATUS)
      lab.emit('file', { file: 'policies/a.ts', change: 'changed', version: '3' })
      await second
      expect(seen).toEqual([STATUS, 'e1', 'e1'])
      other()
    })

    test('only requests of the contract are served, whatever the page sends', async () => {
      for (const name of ['dispose', 'on', 'activeRuns', 'emit', 'constructor', '__proto__', 'toString', '', 7, null]) {
        expect(await opened.rawFault(name, [])).toMatch(/has no request/)
      }
      expect(lab.disposed).toBe(false)
      expect(lab.calls).toEqual([])
    })

    test('arguments of the wrong kind are refused with the reason, before the lab sees them', async () => {
      expect(await opened.rawFault('read', [7])).toBe('read: argument 1 must be a text, got 7')
      expect(await opened.rawFault('read', [])).toBe('read: takes 1 arguments, got 0')
      expect(await opened.rawFault('series', ['r', ['a', 1], 0, 1, 2])).toBe('series: argument 2 must be a list of texts, got a list')
      expect(await opened.rawFault('compare', [null])).toBe('compare: argument 1 must be an object, got null')
      expect(await opened.rawFault('compare', ['x'.repeat(500)])).toMatch(/^compare: argument 1 must be an object, got "x{59}…$/)
      expect(await opened.rawFault('files', 'no list')).toBe('files: arguments are no list')
      expect(lab.calls).toEqual([])
    })

    test('nobody listens to the lab after the host has closed', async () => {
      expect(lab.listening()).toBeGreaterThan(0)
      await opened.close()
      expect(lab.listening()).toBe(0)
    })
  })
}

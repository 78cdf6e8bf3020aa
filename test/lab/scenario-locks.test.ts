/** Locks and disk faults that people write: what is taken, and what is refused with which words. */
import { expect, test } from 'vitest'
import { parseScenario } from '../../main/lab/scenario-schema'
import { SYSCTLS, sample } from './scenario-sample'

function problemsOf(...processes: readonly (readonly unknown[])[]): readonly string[] {
  const result = parseScenario({ ...sample(), processes: processes.map((phases, i) => ({ name: `p${i}`, phases })) }, SYSCTLS)
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path} ${message}`)
}

const mutex = (name: string) => ({ op: 'lock', name, kind: 'mutex' })
const rwsem = (name: string, mode?: string) => ({ op: 'lock', name, kind: 'rwsem', ...(mode === undefined ? {} : { mode }) })
const semaphore = (name: string, permits?: number) => ({ op: 'lock', name, kind: 'semaphore', ...(permits === undefined ? {} : { permits }) })
const unlock = (name: string) => ({ op: 'unlock', name })

test('the three kinds, taken and given back, kept to the end, and the mmap_lock of oneself and of others', () => {
  expect(problemsOf([mutex('m'), rwsem('s', 'read'), semaphore('c', 3), unlock('s'), unlock('m')], [semaphore('c', 3), rwsem('s', 'write'), rwsem('mmap_lock', 'write'), rwsem('mmap_lock:p0', 'read')])).toEqual([])
})

test('a lock that is not held is not given back, and one that is held is not taken again', () => {
  expect(problemsOf([mutex('orders'), unlock('order')])).toEqual(['processes[0].phases[1].name is "order"; must be a lock this process holds: orders. Did you mean "orders"?'])
  expect(problemsOf([unlock('m')])).toEqual(['processes[0].phases[0].name is "m"; must be a lock this process holds: there is none.'])
  expect(problemsOf([mutex('m'), mutex('m')])).toEqual(['processes[0].phases[1].name is "m", which this process holds already; it would wait for itself. Unlock it first'])
  expect(problemsOf([rwsem('mmap_lock', 'read'), rwsem('mmap_lock:p0', 'read')])).toEqual(['processes[0].phases[1].name is "mmap_lock:p0", which this process holds already; it would wait for itself. Unlock it first'])
})

test('a name is one kind of lock, with one number of permits', () => {
  expect(problemsOf([mutex('m')], [rwsem('m', 'read')])).toEqual(['processes[1].phases[0].kind is "rwsem"; must be "mutex", as where lock "m" is taken first'])
  expect(problemsOf([semaphore('c', 2)], [semaphore('c')])[0]).toMatch(/^processes\[1\]\.phases\[0\]\.permits .*must be 2, as where semaphore "c" is taken first$/)
})

test('mode and permits belong to their kinds', () => {
  expect(problemsOf([rwsem('s')])[0]).toMatch(/^processes\[0\]\.phases\[0\]\.mode .*must be "read" or "write" for an rwsem$/)
  expect(problemsOf([{ ...mutex('m'), mode: 'read' }])).toEqual(['processes[0].phases[0].mode is only for kind "rwsem"'])
  expect(problemsOf([{ ...mutex('m'), permits: 2 }])).toEqual(['processes[0].phases[0].permits is only for kind "semaphore"'])
  expect(problemsOf([mutex('mmap_lock')])).toEqual(['processes[0].phases[0].kind is "mutex"; must be "rwsem", which every mmap_lock is'])
  expect(problemsOf([rwsem('mmap_lock:nobody', 'read')])[0]).toMatch(/must be "mmap_lock", or "mmap_lock:" and a process: p0\./)
})

test('memory is not touched under one\'s own mmap_lock for writing', () => {
  const touch = { op: 'touch', r: 'A', rw: 'w', pat: 'seq', start: 0, len: 10, count: 10, rate: 0 }
  expect(problemsOf([{ op: 'map', r: 'A', pages: 10 }, rwsem('mmap_lock', 'write'), touch])[0]).toMatch(/^processes\[0\]\.phases\[2\] touches memory while this process holds its own mmap_lock for writing/)
  expect(problemsOf([{ op: 'map', r: 'A', pages: 10 }, rwsem('mmap_lock', 'read'), touch])).toEqual([])
})

test('faults of disks: by name, for a time', () => {
  const [disk] = sample().machine.disks
  expect(problemsOf([{ op: 'stall', disk: disk.name, ms: 100 }])).toEqual([])
  expect(problemsOf([{ op: 'stall', disk: 'sda', ms: 100 }])[0]).toMatch(/^processes\[0\]\.phases\[0\]\.disk is "sda"; must be a disk of this machine: /)
  expect(problemsOf([{ op: 'stall', disk: disk.name, ms: 0 }])[0]).toMatch(/^processes\[0\]\.phases\[0\]\.ms is 0; must be a number from/)
})

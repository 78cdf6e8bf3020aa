/** Plugs, merging, splitting and tags. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { READ, WRITE } from '../../../main/engine/device/block-layer'
import { FREE, Rig } from './rig'

test('a bio without a plug goes out at once and ends a latency later', () => {
  const rig = new Rig([FREE, { ...FREE, name: 'slow', readLatencyUs: 500, writeLatencyUs: 70 }])
  expect([rig.layer.diskIndex('vda'), rig.layer.diskIndex('slow'), rig.layer.diskIndex('no')]).toEqual([0, 1, -1])
  rig.layer.submit(-1, 1, READ, 0, 4, 11, 0)
  rig.layer.submit(-1, 1, WRITE, 100, 2, 12, 0)
  expect([rig.layer.inflight(0), rig.layer.inflight(1)]).toEqual([0, 2])
  rig.run()
  expect(rig.ended).toEqual([{ cookie: 12, op: WRITE, pages: 2, time: 70_000 }, { cookie: 11, op: READ, pages: 4, time: 500_000 }])
  expect(rig.layer.counters(1)).toEqual({ readIos: 1, readPages: 4, writeIos: 1, writePages: 2 })
  expect([rig.layer.inflight(1), rig.layer.pages(1, READ), rig.layer.pages(1, WRITE)]).toEqual([0, 4, 2])
})

test('a plug holds requests until it ends, and the outermost counts', () => {
  const rig = new Rig([FREE])
  const plug = rig.layer.plug(7)
  expect([rig.layer.plugOf(7), rig.layer.plugOf(8), rig.layer.plug(7)]).toEqual([plug, -1, plug])
  rig.layer.submit(plug, 0, READ, 10, 1, 1, 0)
  rig.layer.unplug(plug, 0)
  rig.run()
  expect(rig.ended).toEqual([])
  rig.layer.unplug(plug, 5000)
  rig.run()
  expect([rig.ended.length, rig.ended[0].time, rig.layer.plugOf(7)]).toEqual([1, 25_000, -1])
  expect(() => rig.layer.unplug(plug, 0)).toThrow('as often')
})

test('adjacent bios join the last request of the plug, at its back or front, in disk order', () => {
  const rig = new Rig([FREE])
  const plug = rig.layer.plug(0)
  for (const [start, cookie] of [[10, 1], [11, 2], [9, 3], [12, 4]]) rig.layer.submit(plug, 0, WRITE, start, 1, cookie, 0)
  expect(rig.layer.inflight(0)).toBe(1)
  rig.layer.unplug(plug, 0)
  rig.run()
  expect(rig.ended.map((e) => e.cookie)).toEqual([3, 1, 2, 4])
  expect(rig.layer.counters(0)).toMatchObject({ writeIos: 1, writePages: 4 })
})

test('nothing joins across operations, gaps, disks, earlier requests or other plugs', () => {
  const rig = new Rig([FREE, { ...FREE, name: 'vdb' }])
  const plug = rig.layer.plug(0)
  const other = rig.layer.plug(1)
  rig.layer.submit(plug, 0, WRITE, 10, 1, 1, 0)
  rig.layer.submit(plug, 0, READ, 11, 1, 2, 0)
  rig.layer.submit(plug, 0, READ, 20, 1, 3, 0)
  rig.layer.submit(plug, 0, WRITE, 11, 1, 4, 0)
  rig.layer.submit(plug, 1, WRITE, 12, 1, 5, 0)
  rig.layer.submit(other, 0, WRITE, 12, 1, 6, 0)
  rig.layer.submit(-1, 0, WRITE, 13, 1, 7, 0)
  expect([rig.layer.inflight(0), rig.layer.inflight(1)]).toEqual([6, 1])
  // Disk 0's last request is not the plug's last any more, but still the one to join.
  rig.layer.submit(plug, 0, WRITE, 12, 1, 8, 0)
  expect(rig.layer.inflight(0)).toBe(6)
  rig.layer.unplug(plug, 0)
  rig.layer.unplug(other, 0)
  rig.run()
  expect(rig.ended.map((e) => e.cookie).toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
})

test('a request grows to its largest size and no further', () => {
  const rig = new Rig([{ ...FREE, maxRequestKb: 64 }])
  const plug = rig.layer.plug(0)
  for (let i = 0; i < 40; i++) rig.layer.submit(plug, 0, WRITE, i, 1, i, 0)
  rig.layer.unplug(plug, 0)
  rig.run()
  expect(rig.layer.counters(0)).toEqual({ readIos: 0, readPages: 0, writeIos: 3, writePages: 40 })
})

test('a plug flushes itself at 32 requests, and before adding to one whose last request has 128 KiB', () => {
  const rig = new Rig([FREE])
  const plug = rig.layer.plug(0)
  for (let i = 0; i < 33; i++) rig.layer.submit(plug, 0, WRITE, i * 10, 1, i, 0)
  rig.run()
  expect(rig.ended.length).toBe(32)
  for (let i = 0; i < 32; i++) rig.layer.submit(plug, 0, READ, 5000 + i, 1, 100 + i, rig.now)
  rig.run()
  expect(rig.ended.length).toBe(32)
  rig.layer.submit(plug, 0, READ, 9000, 1, 200, rig.now)
  rig.run()
  expect([rig.ended.length, rig.layer.inflight(0)]).toEqual([65, 1])
})

test('a bio larger than a request is split, and ends once, with its last piece', () => {
  const rig = new Rig([FREE])
  rig.layer.submit(-1, 0, WRITE, 0, 2048, 42, 0)
  expect(rig.layer.inflight(0)).toBe(7)
  rig.run()
  expect(rig.ended.map((e) => [e.cookie, e.pages])).toEqual([[42, 2048]])
  expect(rig.layer.counters(0)).toMatchObject({ writeIos: 7, writePages: 2048 })
})

test('a split bio gets through with fewer tags than pieces', () => {
  const rig = new Rig([{ ...FREE, tags: 2, maxRequestKb: 128 }])
  const plug = rig.layer.plug(3)
  expect(rig.layer.submit(plug, 0, WRITE, 0, 1000, 1, 0)).toBe(true)
  expect(rig.layer.inflight(0)).toBe(2)
  expect(rig.layer.submit(plug, 0, WRITE, 5000, 1000, 2, 0)).toBe(false)
  rig.layer.unplug(plug, 0)
  rig.run()
  expect(rig.ended.map((e) => [e.cookie, e.pages])).toEqual([[1, 1000]])
  expect([rig.layer.inflight(0), rig.layer.counters(0).writeIos]).toEqual([0, 32])
})

test('without a tag nothing is queued; a merge needs none', () => {
  const rig = new Rig([{ ...FREE, tags: 3 }])
  const plug = rig.layer.plug(0)
  for (let i = 0; i < 3; i++) expect(rig.layer.submit(plug, 0, WRITE, i * 10, 1, i, 0)).toBe(true)
  expect(rig.layer.submit(plug, 0, WRITE, 100, 1, 9, 0)).toBe(false)
  expect(rig.layer.submit(plug, 0, WRITE, 21, 1, 3, 0)).toBe(true)
  rig.layer.flush(plug, 0)
  rig.run()
  expect(rig.ended.map((e) => e.cookie)).toEqual([0, 1, 2, 3])
  expect(rig.layer.submit(plug, 0, WRITE, 100, 1, 9, rig.now)).toBe(true)
})

test('sleepers wake in order, one of eight queues for every eight tags freed', () => {
  const rig = new Rig([FREE])
  for (let i = 0; i < 256; i++) rig.layer.submit(-1, 0, WRITE, i * 10, 1, i, i * 1000)
  expect(rig.layer.submit(-1, 0, WRITE, 9000, 1, 300, 0)).toBe(false)
  for (let s = 0; s < 20; s++) rig.layer.sleepOnTag(0, 1000 + s)
  expect(rig.layer.sleeping(0)).toBe(20)
  const freedAtWake: number[] = []
  rig.onWake = () => freedAtWake.push(256 - rig.layer.inflight(0))
  rig.run()
  expect(rig.woken.map((w) => w.sleeper)).toEqual(Array.from({ length: 20 }, (_, s) => 1000 + s))
  // 20 sleepers: 3 a wake-up, then 17: 3, 14: 2, 12: 2, 10: 2, 8, 7, ... one each.
  expect(freedAtWake).toEqual([8, 8, 8, 16, 16, 16, 24, 24, 32, 32, 40, 40, 48, 56, 64, 72, 80, 88, 96, 104])
})

test('the last tag that comes back wakes everyone left', () => {
  const rig = new Rig([{ ...FREE, tags: 64 }])
  for (let i = 0; i < 3; i++) rig.layer.submit(-1, 0, WRITE, i * 10, 1, i, 0)
  rig.layer.sleepOnTag(0, 5)
  rig.layer.sleepOnTag(0, 6)
  rig.run()
  expect(rig.woken.map((w) => w.sleeper)).toEqual([5, 6])
})

test('whatever is submitted ends exactly once, tags are never exceeded, and pages add up', () => {
  const action = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('submit' as const), owner: fc.nat(3), disk: fc.nat(1), op: fc.constantFrom(READ, WRITE), near: fc.nat(6), pages: fc.constantFrom(1, 1, 1, 2, 32, 700) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('plug' as const, 'unplug' as const, 'flush' as const), owner: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('run' as const), us: fc.nat(2000) }) },
  )
  const shape = fc.record({ tags: fc.integer({ min: 1, max: 12 }), iops: fc.constantFrom(0, 500, 3000), bytesPerSec: fc.constantFrom(0, 4_000_000), actions: fc.array(action, { maxLength: 200 }) })
  fc.assert(fc.property(shape, ({ tags, iops, bytesPerSec, actions }) => {
    const base = { ...FREE, tags, iops, bytesPerSec, burstMs: 5, throttle: 'both', maxRequestKb: 128 }
    const rig = new Rig([base, { ...base, name: 'vdb', readLatencyUs: 90 }])
    const plugs: number[][] = [[], [], [], []]
    const wanted = new Map<number, number>()
    const heads = [0, 100_000]
    let cookie = 0
    const check = (): void => { for (const disk of [0, 1]) expect(rig.layer.inflight(disk)).toBeLessThanOrEqual(tags) }
    rig.onEnd = check
    for (const a of actions) {
      if (a.do === 'run') rig.run(rig.now + a.us * 1000)
      else if (a.do === 'submit') {
        // Mostly one behind another, so that merges happen.
        const start = heads[a.disk] + (a.near > 4 ? 50 : 0)
        if (rig.layer.submit(rig.layer.plugOf(a.owner), a.disk, a.op, start, a.pages, cookie, rig.now)) {
          wanted.set(cookie++, a.pages)
          heads[a.disk] = start + a.pages
        } else expect(rig.layer.inflight(a.disk)).toBe(tags)
      } else if (a.do === 'plug') plugs[a.owner].push(rig.layer.plug(a.owner))
      else {
        const plug = a.do === 'flush' ? rig.layer.plugOf(a.owner) : plugs[a.owner].pop() ?? -1
        if (plug >= 0) rig.layer[a.do](plug, rig.now)
      }
      check()
    }
    plugs.forEach((own) => own.toReversed().forEach((plug) => rig.layer.unplug(plug, rig.now)))
    rig.run()
    expect(rig.ended.map((e) => e.cookie).toSorted((x, y) => x - y)).toEqual([...wanted.keys()])
    for (const e of rig.ended) expect(e.pages).toBe(wanted.get(e.cookie))
    const counted = [0, 1].reduce((sum, disk) => sum + rig.layer.pages(disk, READ) + rig.layer.pages(disk, WRITE), 0)
    expect(counted).toBe([...wanted.values()].reduce((sum, pages) => sum + pages, 0))
    expect([rig.layer.inflight(0), rig.layer.inflight(1), rig.events.nextTime()]).toEqual([0, 0, Infinity])
  }), { seed: 1, numRuns: 300 })
})

test('sleepers that submit again all get through', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 30 }), (tags, sleepers, each) => {
    const rig = new Rig([{ ...FREE, tags }])
    const left = new Array<number>(sleepers).fill(each)
    const goOn = (task: number): void => {
      for (; left[task] > 0; left[task]--) {
        if (!rig.layer.submit(-1, 0, WRITE, task * 1000 + left[task] * 2, 1, task, rig.now)) return rig.layer.sleepOnTag(0, task)
      }
    }
    // A woken task runs a little later, as it would on a CPU.
    rig.onWake = (_disk, task) => rig.at(rig.now + 100, () => goOn(task))
    for (let task = 0; task < sleepers; task++) goOn(task)
    rig.run()
    expect(rig.ended.length).toBe(sleepers * each)
    expect(rig.layer.sleeping(0)).toBe(0)
  }), { seed: 2, numRuns: 200 })
})

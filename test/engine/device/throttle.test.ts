/** Speed of disks: the recorded runs' figures, long-run rates, bursts, turns. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { READ, WRITE } from '../../../main/engine/device/block-layer'
import type { DiskSpec } from '../../../main/engine/sim/scenario'
import { MS, RECORDED, Rig, SEC } from './rig'

/** Keeps `depth` requests of `pages` pages in flight until `total` were submitted. */
function keepBusy(rig: Rig, disk: number, op: 0 | 1, pages: number, depth: number, total: number): void {
  let submitted = 0
  const more = (): void => {
    if (submitted < total) rig.layer.submit(-1, disk, op, 1_000_000 * disk + submitted++ * (pages + 1), pages, disk * 2 + op, rig.now)
  }
  const before = rig.onEnd
  rig.onEnd = (e) => {
    before(e)
    if (e.cookie === disk * 2 + op) more()
  }
  for (let i = 0; i < depth; i++) more()
}

test('swap-out runs at 24.4 pages a millisecond after a burst of 10 MB', () => {
  const rig = new Rig([RECORDED])
  keepBusy(rig, 0, WRITE, 70, 200, 1e6)
  rig.run(1.1 * SEC)
  // 10,000,000 bytes are 2441 pages; a request may overshoot the bucket by itself.
  expect(rig.pagesBetween(0, 1 * MS)).toBeGreaterThanOrEqual(2441)
  expect(rig.pagesBetween(0, 1 * MS)).toBeLessThan(2441 + 70 + 25)
  for (let t = 1; t < 11; t++) expect(Math.abs(rig.pagesBetween(t * 100 * MS, (t + 1) * 100 * MS) - 2441)).toBeLessThan(75)
})

test('single pages run at 2000 a second after a burst of 200', () => {
  const rig = new Rig([RECORDED])
  keepBusy(rig, 0, READ, 1, 32, 1e6)
  rig.run(1 * SEC)
  expect(Math.abs(rig.endedBetween(0, 10 * MS) - 220)).toBeLessThan(4)
  for (let t = 1; t < 10; t++) expect(Math.abs(rig.endedBetween(t * 100 * MS, (t + 1) * 100 * MS) - 200)).toBeLessThanOrEqual(1)
})

test('a reader of windows of 32 pages gets 24414 pages a second', () => {
  const rig = new Rig([RECORDED])
  keepBusy(rig, 0, READ, 32, 2, 1e6)
  rig.run(2.1 * SEC)
  expect(Math.abs(rig.pagesBetween(0.1 * SEC, 2.1 * SEC) - 2 * 24_414)).toBeLessThan(100)
})

test('swap-in among queued swap-out takes about one read for each write, then the saved burst, then 2000 a second', () => {
  // As recorded in C swap_2pass_cluster0: 24 to 46 reads beside 26 to 55 writes per 100 ms, 314 reads in the 100 ms after, then 200.
  const rig = new Rig([RECORDED])
  for (let i = 0; i < 240; i++) rig.layer.submit(-1, 0, WRITE, i * 60, 51, -1, 0)
  let reads = 0
  const readNext = (): void => { rig.layer.submit(-1, 0, READ, 100_000 + 2 * reads++, 1, -2, rig.now) }
  rig.onEnd = (e) => { if (e.op === READ) rig.at(rig.now + 6000, readNext) }
  rig.at(1, readNext)
  rig.run(1.5 * SEC)
  const drained = rig.ended.findLast((e) => e.op === WRITE)?.time ?? 0
  expect(Math.abs(drained / SEC - (240 * 51 - 2441) / 24_414)).toBeLessThan(0.02)
  for (let t = 100; t + 100 < drained / MS; t += 100) {
    const ratio = rig.endedBetween(t * MS, (t + 100) * MS, READ) / rig.endedBetween(t * MS, (t + 100) * MS, WRITE)
    expect(ratio).toBeGreaterThan(0.8)
    expect(ratio).toBeLessThanOrEqual(1.1)
  }
  expect(Math.abs(rig.endedBetween(drained, drained + 100 * MS, READ) - 330)).toBeLessThan(80)
  expect(Math.abs(rig.endedBetween(drained + 300 * MS, drained + 400 * MS, READ) - 200)).toBeLessThanOrEqual(1)
})

test('two disks of one throttle share it and take turns', () => {
  const rig = new Rig([RECORDED, { ...RECORDED, name: 'vdb' }])
  keepBusy(rig, 0, READ, 1, 16, 1e6)
  keepBusy(rig, 1, READ, 1, 3, 1e6)
  rig.run(1.2 * SEC)
  const ios = [0, 2].map((cookie) => rig.ended.filter((e) => e.cookie === cookie && e.time >= 0.2 * SEC).length)
  expect(Math.abs(ios[0] + ios[1] - 2000)).toBeLessThan(5)
  expect(Math.abs(ios[0] - ios[1])).toBeLessThan(5)
})

test('a large writer on one disk does not starve a reader on the other', () => {
  const rig = new Rig([RECORDED, { ...RECORDED, name: 'vdb' }])
  keepBusy(rig, 0, WRITE, 320, 32, 1e6)
  keepBusy(rig, 1, READ, 1, 1, 1e6)
  rig.run(2 * SEC)
  const writes = rig.endedBetween(1 * SEC, 2 * SEC, WRITE)
  expect(Math.abs(rig.endedBetween(1 * SEC, 2 * SEC, READ) - writes)).toBeLessThanOrEqual(writes * 0.15)
})

test('disks with their own throttle do not slow one another', () => {
  const own: DiskSpec = { ...RECORDED, throttle: undefined }
  const rig = new Rig([own, { ...own, name: 'vdb' }])
  keepBusy(rig, 0, READ, 1, 16, 1e6)
  keepBusy(rig, 1, READ, 1, 16, 1e6)
  rig.run(1.2 * SEC)
  expect(Math.abs(rig.endedBetween(0.2 * SEC, 1.2 * SEC) - 4000)).toBeLessThan(5)
  expect(() => new Rig([RECORDED, { ...RECORDED, name: 'vdb', iops: 1000 }])).toThrow('same rates')
})

test('the long-run rate is the tighter of the two limits, whatever the mix', () => {
  const mix = fc.record({ pages: fc.integer({ min: 1, max: 64 }), depth: fc.integer({ min: 1, max: 40 }), iops: fc.constantFrom(0, 300, 2000, 9000), mb: fc.constantFrom(0, 10, 100), burstMs: fc.constantFrom(0, 20, 100) })
  fc.assert(fc.property(mix, ({ pages, depth, iops, mb, burstMs }) => {
    fc.pre(iops > 0 || mb > 0)
    const rig = new Rig([{ ...RECORDED, iops, bytesPerSec: mb * 1e6, burstMs, readLatencyUs: 1, writeLatencyUs: 1 }])
    keepBusy(rig, 0, READ, pages, depth, 1e6)
    rig.run(1.5 * SEC)
    const perSecond = Math.min(iops === 0 ? Infinity : iops, mb === 0 ? Infinity : (mb * 1e6) / 4096 / pages)
    const got = rig.endedBetween(0.5 * SEC, 1.5 * SEC)
    // A slow consumer of depth 1 loses its latency with each request.
    expect(Math.abs(got - perSecond)).toBeLessThan(2 + perSecond * 0.02)
  }), { seed: 3, numRuns: 60 })
})

test('never more than the burst and the rate allow, in any window', () => {
  const load = fc.array(fc.record({ gapUs: fc.nat(3000), pages: fc.integer({ min: 1, max: 100 }), op: fc.constantFrom(READ, WRITE), disk: fc.nat(1) }), { minLength: 50, maxLength: 400 })
  fc.assert(fc.property(load, (bios) => {
    const rig = new Rig([{ ...RECORDED, burstMs: 10, tags: 1000 }, { ...RECORDED, name: 'vdb', burstMs: 10, tags: 1000 }])
    let t = 0
    bios.forEach((b, i) => {
      t += b.gapUs * 1000
      rig.at(t, () => { rig.layer.submit(-1, b.disk, b.op, i * 200, b.pages, i, rig.now) })
    })
    rig.run()
    expect(rig.ended.length).toBe(bios.length)
    for (let from = 0; from < rig.ended.length; from += 7) {
      let bytes = 0
      for (let to = from; to < rig.ended.length; to++) {
        bytes += rig.ended[to].pages * 4096
        const seconds = (rig.ended[to].time - rig.ended[from].time) / SEC
        // One request may overshoot in each direction.
        expect(bytes).toBeLessThanOrEqual(1_000_000 + seconds * 100_000_000 + 2 * 100 * 4096 + 1000)
        expect(to - from + 1).toBeLessThanOrEqual(20 + seconds * 2000 + 2.01)
      }
    }
  }), { seed: 4, numRuns: 40 })
})

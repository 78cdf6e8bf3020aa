/** A disk's estimators, against the arithmetic of mm/page-writeback.c at HZ 250. */
import { expect, test } from 'vitest'
import { BdiWriteback, Completions, RATIO_ONE } from '../../../main/engine/mm/bdi-writeback'

const HZ = 250

function written(wb: BdiWriteback, all: Completions, pages: number, tick: number): void {
  wb.writeback += pages
  for (let i = 0; i < pages; i++) wb.writeout(all, tick)
}

test('the bandwidth moves by the share of the interval in 1024 ticks, the average by an eighth of the gap', () => {
  const wb = new BdiWriteback(HZ)
  const all = new Completions()
  written(wb, all, 2000, 50)
  wb.updateBandwidth(50)
  // (2000 * 250 + 25600 * (1024 - 50)) / 1024; the average and the old value are equal, so it stays.
  expect([wb.writeBandwidth, wb.avgWriteBandwidth]).toEqual([24838, 25600])
  written(wb, all, 2000, 100)
  wb.updateBandwidth(100)
  expect([wb.writeBandwidth, wb.avgWriteBandwidth]).toEqual([24113, 25600 - ((25600 - 24838) >> 3)])
})

test('an interval longer than the period replaces the estimate', () => {
  const wb = new BdiWriteback(HZ)
  written(wb, new Completions(), 4100, 100)
  wb.updateBandwidth(1025)
  expect([wb.writeBandwidth, wb.avgWriteBandwidth]).toEqual([1000, 1000])
})

test('after a second without writes the estimate starts anew; the last end of a write is followed by one estimate', () => {
  const idle = new BdiWriteback(HZ)
  idle.estimateStart(300)
  expect([idle.bwTimeStamp, idle.writeBandwidth]).toEqual([300, 25600])
  const ended = new BdiWriteback(HZ)
  written(ended, new Completions(), 100, 10)
  ended.estimateStart(40)
  expect(ended.bwTimeStamp).toBe(0)
  ended.estimateStart(200)
  // Due at 10 + 50; nothing is estimated for the rest.
  expect([ended.bwTimeStamp, ended.writeBandwidth]).toEqual([60, Math.floor((100 * HZ + 25600 * (1024 - 60)) / 1024)])
})

test('a disk that writes alone has all of the threshold, one of two its part, and old writes count half after 3 s', () => {
  const all = new Completions()
  const [a, b] = [new BdiWriteback(HZ), new BdiWriteback(HZ)]
  expect(a.threshOf(all, 9000, 0)).toBe(0)
  written(a, all, 3000, 1)
  expect(a.threshOf(all, 9000, 1)).toBe(Math.floor((9000 * 3000) / 3001))
  written(b, all, 1000, 2)
  expect([a.threshOf(all, 9000, 2), b.threshOf(all, 9000, 2)]).toEqual([Math.floor((9000 * 3000) / 4001), Math.floor((9000 * 1000) / 4001)])
  written(b, all, 1000, 760)
  // One period has passed: 1500 of a's and 500 of b's are left, and 1000 new ones.
  expect(all.events).toBe((4001 >> 1) + 1000)
  expect([a.threshOf(all, 9000, 760), b.threshOf(all, 9000, 760)]).toEqual([Math.floor((9000 * 1500) / 3000), Math.floor((9000 * 1500) / 3000)])
})

test('the rate limit goes down only above the set point and only as far as all three rates agree', () => {
  const above = new BdiWriteback(HZ)
  above.dirtied = 10_000
  above.updateBandwidth(50, { dirty: 9000, setpoint: 8000, posRatio: RATIO_ONE / 2 })
  // Writers dirtied 50,000 pages/s at a task limit of 12,801: balanced at 6,554; but the last balanced rate was 25,600.
  expect([above.dirtyRatelimit, above.balancedDirtyRatelimit]).toEqual([25600, Math.floor((12_801 * 25_600) / 50_001)])
  above.dirtied += 10_000
  above.updateBandwidth(100, { dirty: 9000, setpoint: 8000, posRatio: RATIO_ONE / 2 })
  // Now down to max(6553, …, 12801): the gap is 12,799, shift 1, an eighth of it.
  expect(above.dirtyRatelimit).toBe(25600 - Math.ceil((12_799 >> 1) / 8))
  const below = new BdiWriteback(HZ)
  below.dirtied = 10_000
  below.updateBandwidth(50, { dirty: 7000, setpoint: 8000, posRatio: RATIO_ONE / 2 })
  expect(below.dirtyRatelimit).toBe(25600)
})

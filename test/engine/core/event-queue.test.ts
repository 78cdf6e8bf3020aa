import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventQueue } from '../../../main/engine/core/event-queue'

test('gives events by time, and by order of scheduling within a time', () => {
  const q = new EventQueue()
  q.schedule(20, 1, 1)
  q.schedule(10, 2, -7)
  q.schedule(10, 3, 3)
  expect(q.nextTime()).toBe(10)
  expect(popAll(q)).toEqual([[10, 2, -7], [10, 3, 3], [20, 1, 1]])
  expect(q.nextTime()).toBe(Infinity)
  expect(q.pop()).toBe(false)
})

test('a cancelled event does not come, and a late cancel hits nothing', () => {
  const q = new EventQueue()
  const first = q.schedule(1, 0, 1)
  const second = q.schedule(2, 0, 2)
  expect(q.cancel(second)).toBe(true)
  expect(q.cancel(second)).toBe(false)
  expect(q.pop()).toBe(true)
  // The slot is taken again, under a new id.
  const third = q.schedule(3, 0, 3)
  const fourth = q.schedule(4, 0, 4)
  expect([q.cancel(first), q.cancel(second), q.cancel(-1), q.cancel(99_999)]).toEqual([false, false, false, false])
  expect(new Set([first, second, third, fourth]).size).toBe(4)
  expect(popAll(q).map((e) => e[2])).toEqual([3, 4])
})

test('behaves as a sorted list under any mix of schedule, cancel and pop', () => {
  const command = fc.oneof(
    fc.record({ do: fc.constant('schedule' as const), time: fc.nat(20) }),
    fc.record({ do: fc.constant('cancel' as const), which: fc.nat(1000) }),
    fc.record({ do: fc.constant('pop' as const) }),
  )
  fc.assert(fc.property(fc.array(command, { maxLength: 600 }), (commands) => {
    const q = new EventQueue()
    let model: { id: number; time: number; n: number }[] = []
    const ids: number[] = []
    commands.forEach((c, n) => {
      if (c.do === 'schedule') {
        const id = q.schedule(c.time, 0, n)
        ids.push(id)
        model.push({ id, time: c.time, n })
      } else if (c.do === 'cancel' && ids.length > 0) {
        const id = ids[c.which % ids.length]
        expect(q.cancel(id)).toBe(model.some((e) => e.id === id))
        model = model.filter((e) => e.id !== id)
      } else if (c.do === 'pop') {
        model.sort((x, y) => x.time - y.time || x.n - y.n)
        const head = model.shift()
        expect(q.nextTime()).toBe(head?.time ?? Infinity)
        expect(q.pop()).toBe(head !== undefined)
        if (head !== undefined) expect(q.a).toBe(head.n)
      }
    })
    expect(popAll(q).map(([time, , n]) => [time, n])).toEqual(model.sort((x, y) => x.time - y.time || x.n - y.n).map(({ time, n }) => [time, n]))
  }), { seed: 1, numRuns: 300 })
})

test('grows, and refuses what it cannot keep', () => {
  const q = new EventQueue()
  for (let i = 0; i < 5000; i++) q.schedule((i * 7919) % 5003, 1, i)
  const times = popAll(q).map((e) => e[0])
  expect(times.length).toBe(5000)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  expect(() => q.schedule(NaN, 0, 0)).toThrow('finite time')
  expect(() => q.schedule(Infinity, 0, 0)).toThrow('finite time')
  expect(() => q.schedule(1, 0, 2 ** 31)).toThrow('32-bit')
})

function popAll(q: EventQueue): number[][] {
  const out: number[][] = []
  for (let time = q.nextTime(); q.pop(); time = q.nextTime()) out.push([time, q.kind, q.a])
  return out
}

/** Random hostile programs: each is refused with a line, or answers, throws or runs out of fuel in its own line of the source; the realm is as before after every one. */
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { compile, policyWith } from '../compile/compiler'
import { openGuestRealm } from '../runner/guest-realm'
import { attack } from './random-attack'

const realm = openGuestRealm()
afterAll(() => realm.close())

const RUNS = 60
const innocent = compile('innocent.ts', policyWith('', 'kswapdTarget: () => [3, 1, 2].sort().map(x => x * 2).join() + JSON.stringify({ a: Math.min(1, 2) }) + Object.keys({}).length + `${[1]}` + ({} as any).x'))

test('whatever is written, it ends, and leaves nothing behind', async () => {
  const seen = { refused: 0, answered: 0, threw: 0, stopped: 0 }
  await fc.assert(fc.asyncProperty(attack, async body => {
    const text = policyWith('const kept: any[] = []; let self: any', `kswapdTarget(args: any, k: any): any {\nself = (x: any): any => {\n${body}\n}\nreturn self(args)\n}`)
    const result = compile('policy.ts', text)
    if (!result.ok) {
      seen.refused++
      expect(result.errors[0]?.line).toBeGreaterThan(0)
      return
    }
    const answer = await realm.call(result, 'kswapdTarget', { fuel: 20_000 })
    if (answer.kind === 'not-loaded' || answer.kind === 'loaded') throw new Error(`it should have been called: ${JSON.stringify(answer)}`)
    seen[answer.kind]++
    if (answer.fuelLeft < 0) {
      seen.stopped++
      expect(answer.why).toMatch(/used up its fuel|nested more than 1000 deep|nested too deeply/)
    }
    if (answer.kind === 'threw') {
      expect(answer.message.length).toBeLessThan(400)
      expect(answer.line).toBeGreaterThan(0)
      expect(answer.line).toBeLessThanOrEqual(text.split('\n').length)
    }
    expect(await realm.call(innocent, 'kswapdTarget')).toMatchObject({ kind: 'answered', answer: '2,4,6{"a":1}01undefined' })
  }), { numRuns: RUNS, seed: 19 })
  // It does test something.
  expect(seen.answered + seen.threw).toBeGreaterThan(RUNS / 2)
  expect(seen.stopped).toBeGreaterThan(RUNS / 20)
})

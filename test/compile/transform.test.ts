import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COLUMN_MAP_MARK } from '../../main/compile/guest-globals'
import { sourceColumn } from '../../main/compile/edits'
import type { ColumnMap } from '../../main/compile/edits'
import { transform } from '../../main/compile/transform'
import { evaluate, evaluateByTypeScript, parse } from './evaluate'
import type { Outcome } from './evaluate'
import { SNIPPETS } from './snippets'
import { program } from './random-program'

const shown = ({ trace, threw }: Outcome): unknown => ({ trace, threw })

describe('the corpus does the same with fuel, without fuel and by TypeScript\'s own emitter', () => {
  test.each(Object.entries(SNIPPETS))('%s', (_, text) => {
    const expected = evaluateByTypeScript(text)
    expect(expected.trace.length).toBeGreaterThan(0)
    expect(shown(evaluate(text, { fuel: false }))).toEqual(shown(expected))
    expect(shown(evaluate(text))).toEqual(shown(expected))
  })
})

test('random programs do the same with and without fuel', () => {
  fc.assert(fc.property(program, text => {
    const expected = evaluateByTypeScript(text)
    const metered = evaluate(text)
    expect({ text, trace: metered.trace, threw: metered.threw }).toEqual({ text, trace: expected.trace, threw: expected.threw })
  }), { numRuns: 150, seed: 7 })
})

test('whatever the budget, a program either does all it does with plenty, or is stopped: no catch, finally or label goes on', () => {
  fc.assert(fc.property(program, fc.integer({ min: 0, max: 60 }), (text, limit) => {
    const whole = evaluate(text)
    const cut = evaluate(text, { limit })
    if (whole.fuelUsed <= limit) expect(shown(cut)).toEqual(shown(whole))
    else {
      expect(cut.threw).toBe('Error: out of fuel')
      // Straight code of `finally` blocks may still run; anything metered in it throws again.
      const metered = text.match(/for|while|do|function|=>|class|try/g)?.length ?? 0
      expect(cut.fuelUsed - limit).toBeLessThanOrEqual(metered + 1)
    }
  }), { numRuns: 150, seed: 11 })
})

/** Every `at_<line>` in the text stands on that line, before and after. */
function numbered(text: string): string {
  return text.split('\n').map((line, index) => line.replaceAll('trace(', `/* l */ at_${index + 1}(`)).join('\n')
}

function linesOf(text: string): readonly number[] {
  return text.split('\n').flatMap((line, index) => [...line.matchAll(/\bat_(\d+)\b/g)].filter(match => Number(match[1]) !== index + 1).map(() => index + 1))
}

test('every token stays on its line', () => {
  for (const text of Object.values(SNIPPETS)) expect({ text, moved: linesOf(transform(parse(numbered(text)))) }).toEqual({ text, moved: [] })
  fc.assert(fc.property(program, text => {
    const out = transform(parse(numbered(text)))
    expect(linesOf(out)).toEqual([])
    // One line more: the map of columns.
    expect(out.split('\n')).toHaveLength(text.split('\n').length + 1)
  }), { numRuns: 60, seed: 3 })
})

test('columns map back to the source, whatever was inserted before them', () => {
  for (const text of Object.values(SNIPPETS)) {
    const out = transform(parse(text)).split('\n')
    const columns = JSON.parse(out.at(-1)?.slice(COLUMN_MAP_MARK.length) ?? '') as ColumnMap
    text.split('\n').forEach((line, index) => {
      const inSource = [...line.matchAll(/\btrace\(/g)].map(match => match.index + 1)
      const inResult = [...(out[index] ?? '').matchAll(/\btrace\(/g)].map(match => sourceColumn(columns, index + 1, match.index + 1))
      expect(inSource).toEqual(expect.arrayContaining(inResult))
    })
  }
})

test('comments and types leave nothing, imports and the default export become plain script', () => {
  const out = transform(parse('// import(\'x\')\nimport { definePolicy as define, type ZoneMarks } from \'reclaim-lab\'\nimport type { ZoneView } from \'reclaim-lab\'\nimport * as lab from \'reclaim-lab\'\nexport const a: number = 1 /* eval( */\nexport default define({ api: 1, name: \'x\' } as const)\n'))
  expect(out).not.toMatch(/import|export|number|ZoneMarks|ZoneView|eval|const\)/)
  expect(out.split('\n')[1]).toMatch(/^const\{definePolicy:define\}=\$fuelApi;/)
  expect(out.split('\n')[3]).toMatch(/^const lab=\$fuelApi;/)
  expect(out.split('\n')[5]).toMatch(/^ *\$fuelPolicy=define\(/)
})

test('text that a compartment takes for an import or an HTML comment keeps its meaning and loses its look', () => {
  const text = 'let n = 3; while (n --> 0) trace(n)\ntrace("<!-- import(1) -->")\ntrace(/import\\(/.test("import(2)"))\ntrace(`<!-- ${"-->"} import (3)`)\ntrace(1 <!--n)'
  const names = 'const o = { import(x: number) { return x } }; class C { #import (x: number) { return x } m(): number { return this.#import (2) } }\ntrace(o . import (1) + new C().m())\ntrace("\\<!-- \\import(1) \\\\<!--" + /\\<!--/.test("<!--"))'
  const named = transform(parse(names))
  expect(named).not.toMatch(/<!--|(^|[^.])\bimport\s*[(/]/)
  expect(evaluate(names).trace).toEqual([3, '<!-- import(1) \\<!--true'])
  const out = transform(parse(text))
  expect(out).not.toMatch(/<!--|-->|\bimport\s*[(/]/)
  expect(evaluate(text).trace).toEqual([2, 1, 0, '<!-- import(1) -->', true, '<!-- --> import (3)', false])
})

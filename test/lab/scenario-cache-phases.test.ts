/** Phases that give up page cache: which files, which ranges, which words are taken. */
import { expect, test } from 'vitest'
import { parseScenario } from '../../main/lab/scenario-schema'
import { SYSCTLS, sample } from './scenario-sample'

function problemsOf(phases: readonly unknown[]): readonly string[] {
  const result = parseScenario({ ...sample(), processes: [{ name: 'a', phases }] }, SYSCTLS)
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path.replace('processes[0].', '')} ${message}`)
}

const OPEN = { op: 'open', r: 'F', path: '/mnt/big.dat', pages: 1000, adv: 'normal' }

test('a whole file, a part of it, and both bits are taken', () => {
  expect(problemsOf([OPEN, { op: 'fadvise', r: 'F', advice: 'dontneed', start: 0, len: 1000 }, { op: 'truncate', r: 'F', start: 999 }, { op: 'drop_caches', what: 3 }])).toEqual([])
})

test('what lies outside the file, or is no file, is refused', () => {
  expect(problemsOf([OPEN, { op: 'fadvise', r: 'F', advice: 'dontneed', start: 990, len: 11 }])).toEqual(["phases[1].len ends at page 1,001; must end within the region's 1,000 pages"])
  expect(problemsOf([OPEN, { op: 'truncate', r: 'F', start: 1000 }])).toEqual(['phases[1].start is 1000; must be a page of the region, 0 to 999'])
  expect(problemsOf([OPEN, { op: 'map', r: 'A', pages: 10 }, { op: 'truncate', r: 'A', start: 0 }])[0]).toMatch(/^phases\[2\]\.r is "A"; must be a region this process has made before with open or mmapf: F/)
})

test('unknown advice and unknown bits are refused with what is allowed', () => {
  expect(problemsOf([OPEN, { op: 'fadvise', r: 'F', advice: 'willneed', start: 0, len: 1 }])).toEqual(['phases[1].advice is "willneed"; must be one of "dontneed"'])
  expect(problemsOf([{ op: 'drop_caches', what: 4 }])).toEqual(['phases[0].what is 4; must be 1 (page cache), 2 (slab) or 3 (both)'])
})

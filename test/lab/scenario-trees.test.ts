/** Trees of files and the walks over them: what is taken, and what is refused with which words. */
import { expect, test } from 'vitest'
import { parseScenario } from '../../main/lab/scenario-schema'
import { SYSCTLS, sample } from './scenario-sample'

const TREE = { path: '/usr', files: 1000, disk: 'vda' }
const WALK = { op: 'stat', path: '/usr', pat: 'seq', start: 0, len: 1000, count: 1000, rate: 0 }

function problemsOf(trees: readonly unknown[] | undefined, phases: readonly unknown[] = [WALK]): readonly string[] {
  const result = parseScenario({ ...sample(), ...(trees === undefined ? {} : { trees }), processes: [{ name: 'a', phases }] }, SYSCTLS)
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path.replace('processes[0].', '')} ${message}`)
}

test('a tree and its walks are taken as they are', () => {
  expect(problemsOf([TREE, { ...TREE, path: '/home', filesPerDirectory: 5 }], [WALK, { ...WALK, read: 1 }, { ...WALK, keepOpen: 1, pat: 'zipf', s: 1 }, { ...WALK, start: 1, stride: 3, len: 333 }])).toEqual([])
  const result = parseScenario({ ...sample(), trees: [TREE] }, SYSCTLS)
  expect(result.ok && result.value.trees).toEqual([TREE])
})

test('a walk needs its tree, and stays in it', () => {
  expect(problemsOf(undefined)).toEqual(['phases[0].path is "/usr"; must be one of "trees": there are none.'])
  expect(problemsOf([TREE], [{ ...WALK, path: '/ust' }])).toEqual(['phases[0].path is "/ust"; must be one of "trees": /usr. Did you mean "/usr"?'])
  expect(problemsOf([TREE], [{ ...WALK, len: 1001 }])).toEqual(["phases[0].len with start and stride ends at file 1,001; must end within /usr's 1,000 files"])
  expect(problemsOf([TREE], [{ ...WALK, keepOpen: 2 }])).toEqual(['phases[0].keepOpen is 2; must be 0 or 1'])
})

test('a tree has a path of its own, a disk, and fits', () => {
  expect(problemsOf([TREE, TREE])).toEqual(['trees[1].path is "/usr" a second time; every tree and file needs its own path'])
  expect(problemsOf([TREE, { ...TREE, path: '/mnt/big.dat' }])).toEqual(['trees[1].path is "/mnt/big.dat" a second time; every tree and file needs its own path'])
  expect(problemsOf([{ ...TREE, disk: 'vdx' }])[0]).toMatch(/^trees\[0\]\.disk is "vdx"; must be a disk of this machine: vda/)
  expect(problemsOf([{ ...TREE, filesPerDirectory: 0 }])[0]).toMatch(/^trees\[0\]\.filesPerDirectory is 0; must be a whole number from 1 to 1,000,000 \(files\)/)
  expect(problemsOf([{ ...TREE, files: 2 ** 28 }])[0]).toMatch(/^trees\[0\]\.files is 276,824,064 files and directories; at 40 bytes a file the run would take 1\d\.?\d* GiB of memory/)
})

/** Memory cgroups in a scenario: what fits together, and what is said of what doesn't. */
import { expect, test } from 'vitest'
import { parseScenario } from '../../main/lab/scenario-schema'
import { SYSCTLS, sample } from './scenario-sample'

const GROUPS = [{ path: 'web', low: 100, max: 1000 }, { path: 'batch' }, { path: 'batch/a', high: 50 }] as const

function problemsOf(over: Readonly<Record<string, unknown>>): readonly string[] {
  const result = parseScenario({ ...sample(), memcgs: GROUPS, ...over }, SYSCTLS)
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path} ${message}`)
}

const processes = (memcg: string, ...phases: readonly unknown[]): unknown => [{ name: 'p', memcg, phases: [{ op: 'sleep', ms: 1 }, ...phases] }]

test('groups, processes in leaves and writes to files are taken as they are', () => {
  const phases = [{ op: 'memcg', path: 'web', knob: 'memory.low', v: 'max' }, { op: 'memcg', path: 'batch', knob: 'memory.reclaim', v: 32 }, { op: 'rmdir', path: 'batch/a' }]
  const scenario = { ...sample(), memcgs: GROUPS, cgroup: { version: 2, recursiveProt: 0 }, processes: processes('web', ...phases) }
  const result = parseScenario(scenario, SYSCTLS)
  expect(result).toMatchObject({ ok: true, value: { memcgs: GROUPS, cgroup: { version: 2, recursiveProt: 0 }, processes: [{ memcg: 'web' }] } })
})

test('paths: parents first, each once, plain words', () => {
  expect(problemsOf({ memcgs: [{ path: 'b/x' }, { path: 'b' }] })).toEqual(['memcgs[0].path is "b/x"; must be a group whose parent comes before it: there is no "b" yet.'])
  expect(problemsOf({ memcgs: [{ path: 'web' }, { path: 'wep/x' }] })).toEqual(['memcgs[1].path is "wep/x"; must be a group whose parent comes before it: there is no "wep" yet. Did you mean "web"?'])
  expect(problemsOf({ memcgs: [{ path: 'a' }, { path: 'a' }] })).toEqual(['memcgs[1].path is "a" a second time; every memory cgroup needs its own path'])
  for (const path of ['', '/a', 'a/', 'a//b', 'a b', 'a.slice', 'ä', 'a/b/c/d/e/f/g/h/i']) expect(problemsOf({ memcgs: [{ path }] })[0], path).toMatch(/^memcgs\[0\]\.path is .* must be the path of a memory cgroup such as "a" or "a\/b"/)
})

test('limits: whole pages, protection within max', () => {
  expect(problemsOf({ memcgs: [{ path: 'a', min: 500, low: 300, high: 600, max: 400 }] })).toEqual([
    'memcgs[0].min is 500; must be at most max, 400', 'memcgs[0].high is 600; must be at most max, 400',
  ])
  expect(problemsOf({ memcgs: [{ path: 'a', max: -1 }] })[0]).toMatch(/^memcgs\[0\]\.max is -1; must be a whole number from 0 to/)
  expect(problemsOf({ memcgs: [{ path: 'a', limit: 1 }] })[0]).toMatch(/^memcgs\[0\]\.limit is not known here.* Known: path, min, low, high, max/)
})

test('v1 has soft limits and swappiness, v2 the rest, and a machine has one version', () => {
  expect(problemsOf({ memcgs: [{ path: 'a', softLimit: 10, max: 100 }] })).toEqual(['memcgs[0].softLimit is only for cgroup v1; this machine has version 2, write "cgroup": { "version": 1 } for the other'])
  expect(problemsOf({ cgroup: { version: 1 }, memcgs: [{ path: 'a', softLimit: 10, max: 100, swappiness: 0 }] })).toEqual([])
  expect(problemsOf({ cgroup: { version: 1, recursiveProt: 1 }, memcgs: [{ path: 'a', low: 10 }] })).toEqual([
    'cgroup.recursiveProt is only for version 2: cgroup v1 protects no memory', 'memcgs[0].low is only for cgroup v2; this machine has cgroup.version 1',
  ])
  expect(problemsOf({ cgroup: { version: 3 } })).toEqual(['cgroup.version is 3; must be 1 or 2'])
})

test('processes: in a group that is there, in v2 not above other groups', () => {
  expect(problemsOf({ processes: processes('wob') })).toEqual(['processes[0].memcg is "wob"; must be one of "memcgs": web, batch, batch/a. Did you mean "web"?'])
  expect(problemsOf({ processes: processes('batch') })).toEqual(['processes[0].memcg is "batch", which has the group "batch/a" below it; in cgroup v2 processes live in leaves'])
  expect(problemsOf({ cgroup: { version: 1 }, memcgs: [{ path: 'batch' }, { path: 'batch/a' }], processes: processes('batch') })).toEqual([])
})

test('writes: a group that is there, a file of its version, a value that the file takes', () => {
  const problem = (phase: unknown, over = {}): readonly string[] => problemsOf({ ...over, processes: processes('web', phase) }).map((line) => line.replace('processes[0].phases[1].', ''))
  expect(problem({ op: 'memcg', path: 'webb', knob: 'memory.max', v: 1 })).toEqual(['path is "webb"; must be one of "memcgs": web, batch, batch/a. Did you mean "web"?'])
  expect(problem({ op: 'rmdir', path: 'x' })[0]).toMatch(/^path is "x"; must be one of "memcgs"/)
  expect(problem({ op: 'memcg', path: 'web', knob: 'memory.limit_in_bytes', v: 1 })).toEqual(['knob is "memory.limit_in_bytes", which belongs to cgroup v1; this machine has v2'])
  expect(problem({ op: 'memcg', path: 'web', knob: 'memory.reclaim', v: 'max' })).toEqual(['v is "max"; must be a whole number: memory.reclaim is no limit'])
  expect(problem({ op: 'memcg', path: 'web', knob: 'memory.oom.group', v: 2 })).toEqual(['v is 2; must be 0 or 1'])
  expect(problem({ op: 'memcg', path: 'web', knob: 'memory.lo', v: 2 })[0]).toMatch(/^knob is "memory.lo"; must be one of "memory.min", "memory.low"/)
  expect(problem({ op: 'memcg', path: 'web', knob: 'memory.max', v: '1G' })[0]).toMatch(/^v is "1G"; must be a whole number from 0 to .* \(pages\), or "max"/)
})

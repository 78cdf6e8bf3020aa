/**
 * Scenarios that people, files and programs write: checked, with every problem named, and completed for the engine. The shape is in `scenario/shape.ts`; JSON schema
 * for editors and documentation comes from the same source.
 */
import { z } from 'zod'
import { zoneFrames } from '../engine'
import type { FileSpec, Machine, ProcessSpec, Scenario, TreeSpec } from '../engine'
import type { Result } from '../../preload/contract'
import { checkLocks } from './scenario/check-locks'
import { checkFiles, checkMachine, checkTrees } from './scenario/check-machine'
import { checkMemcgs, memcgFacts } from './scenario/check-memcgs'
import { checkSysctls } from './scenario/check-sysctls'
import type { KernelSysctls } from './scenario/check-sysctls'
import { checkNames, checkProcess, checkWaits } from './scenario/check-workload'
import { completeScenario } from './scenario/complete'
import { BYTES_PER_PAGE, BYTES_PER_SLOT, BYTES_PER_TREE_FILE, DEFAULT_MEMORY_LIMIT, MAX_FRAMES, MAX_INPUT_CHARS, MAX_LISTED, MAX_ORDER, MAX_PHASES, MAX_SAMPLES, USUAL_FILES_PER_DIRECTORY } from './scenario/limits'
import { jsonFault } from './scenario/json-position'
import { checkPlainData } from './scenario/plain-data'
import { ProblemList, complaint, showBytes, showNumber, showValue } from './scenario/problems'
import { scenarioShape } from './scenario/shape'

export type { KernelSysctls }

export interface ParseOptions {
  /** Memory a run may take, bytes. */
  readonly memoryLimit?: number
  /** The kernel's memory cgroups; both versions unless it says otherwise. */
  readonly cgroups?: 'v1' | 'v1-and-v2'
}

/** Checks a scenario and fills in its defaults. `kernelSysctls` are those of the kernel it shall run on. Never throws on any input. */
export function parseScenario(json: unknown, kernelSysctls: KernelSysctls, options: ParseOptions = {}): Result<Scenario> {
  const problems = new ProblemList()
  if (!checkPlainData(json, problems)) return { ok: false, problems: problems.list() }
  const parsed = scenarioShape.safeParse(json)
  if (!parsed.success) parsed.error.issues.forEach(issue => addIssue(issue, json, problems))
  const healthy = healthyParts(json, parsed.error?.issues ?? [])
  crossCheck(healthy, kernelSysctls, options, problems)
  if (!parsed.success || !problems.empty) return { ok: false, problems: problems.list() }
  return { ok: true, value: completeScenario(parsed.data) }
}

/** The same from a file's text. `name` stands before positions: `my.json:12`. */
export function parseScenarioText(text: string, kernelSysctls: KernelSysctls, name = 'scenario', options: ParseOptions = {}): Result<Scenario> {
  const refuse = (message: string, place: { readonly line?: number; readonly column?: number } = {}): Result<Scenario> =>
    ({ ok: false, problems: [{ path: place.line === undefined ? name : `${name}:${place.line}`, message, ...place }] })
  if (text.trim() === '') return refuse('is empty; must be a scenario in JSON')
  if (text.length > MAX_INPUT_CHARS) return refuse(`has ${showNumber(text.length)} characters; at most ${showNumber(MAX_INPUT_CHARS)} are read`)
  const binary = /[\0-\x08\x0e-\x1f\ufffd]/.exec(text)
  if (binary) return refuse('is not text: it holds bytes that no JSON file has', position(text, binary.index))
  const bare = text.replace(/^\ufeff/, '')
  const fault = jsonFault(bare)
  if (fault) return refuse(`is not JSON: expected ${fault.expected} at ${showPlace(bare, fault.index)}`, position(bare, fault.index))
  return parseScenario(JSON.parse(bare), kernelSysctls, options)
}

/** JSON schema (2020-12) of what `parseScenario` takes. */
export function scenarioJsonSchema(): unknown {
  return z.toJSONSchema(scenarioShape, { io: 'input' })
}

function position(text: string, index: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, index).split('\n')
  return { line: before.length, column: before[before.length - 1].length + 1 }
}

function showPlace(text: string, index: number): string {
  return index >= text.length ? 'the end of the text' : showValue(text.slice(index, index + 20))
}

function addIssue(issue: z.core.$ZodIssue, json: unknown, problems: ProblemList): void {
  if (issue.code === 'unrecognized_keys') {
    const lines = issue.message.split('\n')
    issue.keys.forEach((key, i) => problems.add([...issue.path, key], lines[i]))
    return
  }
  const value = issue.path.reduce<unknown>((at, step) => (typeof at === 'object' && at !== null && Object.hasOwn(at, step) ? (at as Record<PropertyKey, unknown>)[step] : undefined), json)
  problems.add(issue.path, complaint(value, issue.message))
}

/** The parts whose own shape is right: only they can be checked against each other. */
interface HealthyParts {
  readonly machine?: Machine
  readonly sysctls?: Scenario['sysctls']
  readonly files?: readonly FileSpec[]
  readonly trees?: readonly TreeSpec[]
  /** Absent when they are wrong; empty when there are none. */
  readonly memcgs?: NonNullable<Scenario['memcgs']>
  readonly cgroup?: Scenario['cgroup']
  /** With a gap where a process is not healthy. */
  readonly processes: readonly (ProcessSpec | undefined)[]
  readonly durationMs?: number
  readonly sampleMs?: number
}

/** An unknown key says nothing about the keys beside it. */
function healthyParts(json: unknown, all: readonly z.core.$ZodIssue[]): HealthyParts {
  const issues = all.filter(issue => issue.code !== 'unrecognized_keys')
  const whole = (issues.some(issue => issue.path.length === 0) ? {} : json) as Partial<Scenario>
  const broken = new Set(issues.map(issue => issue.path[0]))
  const brokenProcesses = new Set(issues.filter(issue => issue.path[0] === 'processes').map(issue => issue.path[1]))
  const take = <K extends keyof Scenario>(key: K) => (broken.has(key) ? undefined : whole[key])
  const listed = Array.isArray(whole.processes) && !brokenProcesses.has(undefined as unknown as PropertyKey)
  return {
    machine: take('machine'), sysctls: take('sysctls'), files: take('files'), trees: broken.has('trees') ? undefined : whole.trees ?? [],
    memcgs: broken.has('memcgs') || broken.has('cgroup') ? undefined : (whole.memcgs ?? []), cgroup: take('cgroup'), durationMs: take('durationMs'), sampleMs: take('sampleMs'),
    processes: listed ? (whole.processes ?? []).map((spec, i) => (brokenProcesses.has(i) ? undefined : spec)) : [],
  }
}

function crossCheck(parts: HealthyParts, kernelSysctls: KernelSysctls, { memoryLimit = DEFAULT_MEMORY_LIMIT, cgroups = 'v1-and-v2' }: ParseOptions, problems: ProblemList): void {
  if (parts.machine) checkMachine(parts.machine, problems)
  if (parts.files) checkFiles(parts.files, parts.machine?.disks, problems)
  if (parts.trees) checkTrees(parts.trees, parts.files ?? [], parts.machine?.disks, problems)
  if (parts.sysctls) checkSysctls(parts.sysctls, kernelSysctls, problems)
  if (parts.memcgs) checkMemcgs(parts.memcgs, parts.cgroup, problems)
  if (cgroups === 'v1' && parts.memcgs && parts.memcgs.length > 0 && (parts.cgroup?.version ?? 2) === 2) problems.add(['memcgs'], 'are of cgroup v2, which this kernel does not have; write "cgroup": { "version": 1 } and v1\'s knobs')
  const facts = {
    memcgs: parts.memcgs && memcgFacts(parts.memcgs, parts.cgroup), files: parts.files, trees: parts.trees, durationMs: parts.durationMs, sysctls: kernelSysctls, nodes: parts.machine && nodesWithCpus(parts.machine),
  }
  const mapped = parts.processes.map((spec, i) => (spec ? checkProcess(spec, ['processes', i], facts, problems) : 0))
  const processes = parts.processes.filter(spec => spec !== undefined)
  if (processes.length === parts.processes.length) {
    checkNames(processes, problems)
    checkWaits(processes, problems)
    checkLocks(processes, parts.machine?.disks, problems)
  }
  checkAmounts(parts, processes, problems)
  checkMemory(parts, mapped, memoryLimit, problems)
}

function nodesWithCpus({ cpus, zones }: Scenario['machine']): number {
  return Math.min(cpus, zones[zones.length - 1].node + 1)
}

function checkAmounts({ durationMs, sampleMs }: HealthyParts, processes: readonly ProcessSpec[], problems: ProblemList): void {
  const phases = processes.reduce((sum, spec) => sum + spec.phases.length, 0)
  if (phases > MAX_PHASES) problems.add(['processes'], `have ${showNumber(phases)} phases together; at most ${showNumber(MAX_PHASES)} are allowed`)
  const listed = processes.reduce((sum, spec) => sum + spec.phases.reduce((own, phase) => own + ('list' in phase ? phase.list?.length ?? 0 : 0), 0), 0)
  if (listed > MAX_LISTED) problems.add(['processes'], `list ${showNumber(listed)} touches together; at most ${showNumber(MAX_LISTED)} are allowed`)
  if (durationMs === undefined || sampleMs === undefined) return
  const samples = Math.ceil(durationMs / sampleMs)
  if (samples > MAX_SAMPLES) problems.add(['sampleMs'], complaint(sampleMs, `at least ${showNumber(Math.ceil(durationMs / MAX_SAMPLES))}: a run keeps at most ${showNumber(MAX_SAMPLES)} samples, this would be ${showNumber(samples)}`))
}

/** Refuses what can't fit before anything is allocated, with the figure. */
function checkMemory({ machine, files, trees }: HealthyParts, mapped: readonly number[], limit: number, problems: ProblemList): void {
  const parts = [
    ...(machine?.zones ?? []).map((zone, i) => ({ path: ['machine', 'zones', i, 'managed'], pages: zone.managed, each: BYTES_PER_PAGE })),
    ...(machine?.zones ?? []).map((zone, i) => ({ path: ['machine', 'zones', i, 'present'], pages: zoneFrames(zone).reserved, each: BYTES_PER_PAGE })),
    ...(machine?.swap ?? []).map((area, i) => ({ path: ['machine', 'swap', i, 'pages'], pages: area.pages, each: BYTES_PER_SLOT })),
    ...(files ?? []).map((file, i) => ({ path: ['files', i, 'pages'], pages: file.pages, each: BYTES_PER_SLOT })),
    ...(trees ?? []).map((tree, i) => ({ path: ['trees', i, 'files'], pages: tree.files + Math.ceil(tree.files / (tree.filesPerDirectory ?? USUAL_FILES_PER_DIRECTORY)), each: BYTES_PER_TREE_FILE })),
    ...mapped.map((pages, i) => ({ path: ['processes', i, 'phases'], pages, each: BYTES_PER_SLOT })),
  ]
  const total = parts.reduce((sum, part) => sum + part.pages * part.each, 0)
  const frames = (machine?.zones ?? []).reduce((sum, zone) => sum + Math.ceil((zoneFrames(zone).offset + zoneFrames(zone).reserved + zone.managed) / 2 ** MAX_ORDER) * 2 ** MAX_ORDER, 0)
  if (total <= limit && frames > MAX_FRAMES) problems.add(['machine', 'zones'], `have ${showNumber(frames)} pages together; at most ${showNumber(MAX_FRAMES)} (1 TiB) can be simulated`)
  if (total <= limit) return
  const largest = parts.reduce((most, part) => (part.pages * part.each > most.pages * most.each ? part : most))
  const [size, one] = largest.each === BYTES_PER_TREE_FILE ? [`${showNumber(largest.pages)} files and directories`, 'file'] : [`${showNumber(largest.pages)} pages (${showBytes(largest.pages * 4096)})`, 'page']
  problems.add(largest.path, `is ${size}; at ${largest.each} bytes a ${one} the run would take ${showBytes(total)} of memory, and ${showBytes(limit)} is the limit`)
}

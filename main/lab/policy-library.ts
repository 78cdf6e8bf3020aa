/**
 * The policies there are: examples of the lab and files of the workspace. Knows each one's name, parameters and hooks by compiling it and having a runner evaluate it in
 * a compartment; results are cached by content.
 */
import type { CheckResult, ParamInfo, PolicyInfo, PolicyRef, Problem, Result, StandIn } from '../../preload/contract'
import type { CompiledPolicy, InspectResult } from '../runner/protocol'
import type { Store } from '../store/store'
import { suggestion } from './nearest'
import type { Compiled, LabParts } from './parts'
import { done, fail, messageOf } from './problems'
import type { Reloads } from './reloads'

export interface ResolvedPolicy {
  readonly name: string
  /** Its source. */
  readonly text: string
  readonly compiled: CompiledPolicy
  readonly params: readonly ParamInfo[]
  readonly hooks: readonly string[]
  /** It is an earlier text than the file's. */
  readonly standIn?: StandIn
}

export interface PolicyLibrary {
  list(): Promise<readonly PolicyInfo[]>
  /** By name a workspace file goes before an example, since a fork often keeps its name. */
  resolve(ref: PolicyRef, path: string): Promise<Result<ResolvedPolicy>>
  check(file: string, text: string): Promise<CheckResult>
  /** A file of the workspace, as `list` would have it. */
  ofFile(file: string): Promise<PolicyInfo | undefined>
  /** The newest kept text of a file of the workspace that can be run. */
  lastGood(file: string): Promise<KeptText | undefined>
}

export interface KeptText { readonly id: string; readonly atMs: number; readonly text: string }

interface Checked { readonly compiled: Compiled; readonly inspected?: InspectResult }
interface Source { readonly file: string; readonly text: string; readonly origin: PolicyInfo['origin'] }
/** What runs of a file are made of: its text in force, or the good one that stands in. */
interface InUse { readonly checked: Checked; readonly text: string; readonly standIn?: StandIn; readonly problems?: readonly Problem[] }

const CACHED = 300
/** Kept texts that are tried for a good one. */
const MOST_RECALLED = 8

/** With `reloads` a file of the workspace that can't run is stood in for by its last good text. */
export function createPolicyLibrary(parts: LabParts, store: Store | undefined, reloads?: Reloads): PolicyLibrary {
  const cache = new Map<string, Promise<Checked>>()
  const keptGood = new Set<string>()

  function look(file: string, text: string): Promise<Checked> {
    const key = `${file}\0${text}`
    const known = cache.get(key)
    if (known !== undefined) return known
    const fresh = compileAndInspect(parts, file, text)
    cache.set(key, fresh)
    // A failure of the machinery (a runner that died) is no fact about the text.
    fresh.catch(() => cache.delete(key))
    if (cache.size > CACHED) cache.delete([...cache.keys()][0])
    return fresh
  }

  async function sources(): Promise<readonly Source[]> {
    const own = (await store?.files() ?? []).filter((file) => file.kind === 'policy')
    const read = await Promise.all(own.map(async ({ file }) => ({ file, content: await store?.read(file) })))
    const workspace = read.flatMap(({ file, content }) => content?.ok && content.value.version !== '' ? [{ file, text: reloads?.inForce(file, content.value.text) ?? content.value.text, origin: 'workspace' as const }] : [])
    return [...workspace, ...parts.content.examples.map((example) => ({ ...example, origin: 'example' as const }))]
  }

  async function info(source: Source): Promise<PolicyInfo> {
    try {
      const { checked, standIn, problems } = await inUse(source)
      const held = reloads?.held(source.file)
      return { ...infoOf(source, checked), ...(problems === undefined ? {} : { problems }), ...(standIn === undefined ? {} : { standIn }), ...(held === undefined ? {} : { held }) }
    } catch (error) {
      return { ...empty(source), problems: [{ path: source.file, message: messageOf(error) }] }
    }
  }

  async function inUse({ file, text, origin }: Source): Promise<InUse> {
    const checked = await look(file, text)
    if (origin === 'example' || reloads === undefined) return { checked, text }
    const runs = checked.inspected?.ok === true
    if (runs) reloads.compiles(file, text)
    else if (reloads.needsGood(file)) await recallGood(file, reloads)
    const standIn = reloads.standIn(file, text, !runs)
    if (standIn === undefined) return { checked, text }
    if (!keptGood.has(`${file}\0${standIn.text}`)) {
      keptGood.add(`${file}\0${standIn.text}`)
      // An edit from outside may have been its last copy.
      await store?.keepVersion(file, standIn.text)
    }
    return { checked: await look(file, standIn.text), text: standIn.text, standIn, problems: [...checked.compiled.errors, ...problemsOf(file, checked.inspected)] }
  }

  /** After a start nothing is remembered: the newest of the file's kept texts that runs. */
  async function recallGood(file: string, into: Reloads): Promise<void> {
    const good = await lastGood(file)
    if (good === undefined) return
    keptGood.add(`${file}\0${good.text}`)
    into.compiles(file, good.text, good.atMs)
  }

  async function lastGood(file: string): Promise<KeptText | undefined> {
    const kept = await store?.versions(file)
    for (const { id, atMs } of kept?.ok ? kept.value.slice(0, MOST_RECALLED) : []) {
      const text = await store?.version(file, id)
      if (text?.ok === true && (await look(file, text.value)).inspected?.ok === true) return { id, atMs, text: text.value }
    }
    return undefined
  }

  async function byName(name: string, path: string): Promise<Result<ResolvedPolicy>> {
    const all = await sources()
    // Usually an example's file is called like the policy; then the others needn't be compiled.
    const rank = (source: Source): number => (source.origin === 'workspace' ? 0 : 2) + (stem(source.file) === name ? 0 : 1)
    for (const source of all.toSorted((a, b) => rank(a) - rank(b))) {
      const one = await info(source)
      if (one.name !== name) continue
      const { text, standIn } = await inUse(source)
      const policy = await resolved(source.file, text, path)
      return policy.ok && standIn !== undefined ? done({ ...policy.value, standIn }) : policy
    }
    const names = (await Promise.all(all.map(info))).map((one) => one.name)
    return fail(path, `there is no policy "${name.slice(0, 80)}".${suggestion(name, [...new Set(names)])}`)
  }

  async function resolved(file: string, text: string, path: string): Promise<Result<ResolvedPolicy>> {
    const { compiled, inspected } = await look(file, text)
    const problems = [...compiled.errors, ...problemsOf(file, inspected)]
    if (compiled.policy === undefined || inspected?.ok !== true) return { ok: false, problems: problems.length > 0 ? problems : [{ path, message: `${file} can't be run` }] }
    return done({ name: inspected.name, text, compiled: compiled.policy, params: inspected.params, hooks: inspected.hooks })
  }

  return {
    list: async () => Promise.all((await sources()).map(info)),
    resolve: (ref, path) => ref.kind === 'name' ? byName(ref.name, path) : resolved(ref.file, ref.text, path),
    check: async (file, text) => checkOf(file, await look(file, text)),
    ofFile: async (file) => {
      const source = (await sources()).find((one) => one.origin === 'workspace' && one.file === file)
      return source && info(source)
    },
    lastGood,
  }
}

async function compileAndInspect(parts: LabParts, file: string, text: string): Promise<Checked> {
  const compiled = await parts.compiler.compile(file, text)
  return compiled.policy === undefined ? { compiled } : { compiled, inspected: await parts.runs.inspect(compiled.policy) }
}

function problemsOf(file: string, inspected: InspectResult | undefined): readonly Problem[] {
  if (inspected === undefined || inspected.ok) return []
  const { message, line, column } = inspected
  return [{ path: line === undefined ? file : `${file}:${line}`, message, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) }]
}

function empty(source: Source): PolicyInfo {
  return { name: stem(source.file), file: source.file, origin: source.origin, describe: '', params: [], hooks: [], problems: [] }
}

function infoOf(source: Source, { compiled, inspected }: Checked): PolicyInfo {
  const problems = [...compiled.errors, ...problemsOf(source.file, inspected)]
  if (inspected?.ok !== true) return { ...empty(source), problems }
  return { ...empty(source), name: inspected.name, describe: inspected.describe, params: inspected.params, hooks: hooksOf(inspected), problems }
}

function checkOf(file: string, { compiled, inspected }: Checked): CheckResult {
  const errors = [...compiled.errors, ...problemsOf(file, inspected)]
  const known = inspected?.ok === true ? { name: inspected.name, params: inspected.params, hooks: hooksOf(inspected) } : { params: [], hooks: [] }
  return { ok: errors.length === 0, errors, warnings: compiled.warnings, compileMs: compiled.ms, ...known }
}

function hooksOf(inspected: InspectResult & { readonly ok: true }): readonly string[] {
  return inspected.controller ? [...inspected.hooks, 'controller'] : inspected.hooks
}

function stem(file: string): string {
  return file.replace(/^.*\//, '').replace(/\.ts$/, '')
}

/** Starts the sweep that was asked for: on this machine, on a queue, or one that lies on a queue already; with or without an entry of the history. */
import { availableParallelism } from 'node:os'
import type { ComparisonRequest } from '../../preload/contract'
import type { Keeper } from '../lab/history/keeper'
import { defaultKernel } from '../lab/request'
import type { Sweep } from '../lab/sweep/collect'
import type { KeptSweeps } from '../lab/sweep/keep'
import { prepareSweep, type PreparedSweep } from '../lab/sweep/prepare-sweep'
import { createRecordings, readRule, type Recordings } from '../lab/sweep/recordings'
import { startSweep, type KeptRuns } from '../lab/sweep/sweep'
import { remember } from '../lab/sweep/sweeps'
import type { QueueAddress } from '../queue/address'
import { adoptQueued, attachSweep, queueSweep } from '../queue/queue'
import { readPairs, type Arguments } from './arguments'
import type { CommandContext } from './command'
import { orInterrupted } from './interrupt'
import { choosePolicy } from './policy-argument'
import { refuse, unwrap } from './problem-error'
import { queueAddress, warnOfExposure } from './queue-options'
import { chooseScenario } from './scenario-argument'
import type { Session } from './session'
import { createNews } from './sweep-news'

/** `attached`: what is there is watched, nothing is put on the queue. */
type Where = { readonly kind: 'here' } | { readonly kind: 'queue'; readonly address: QueueAddress } | { readonly kind: 'attached'; readonly address: QueueAddress; readonly sweep: string }

/** Runs one sweep, given what is known of its runs and whose recordings are wanted. */
type Begin = (prepared: PreparedSweep, known: KeptRuns | undefined, recordings: Recordings | undefined) => Promise<Sweep>

const DEFAULT_SEEDS = 3

export async function startAsked(session: Session, context: CommandContext, kept: KeptSweeps | undefined, keeper: Keeper | undefined): Promise<Sweep> {
  const { args, interrupt } = context
  const where = whereOf(args)
  if (where.kind !== 'here') await warnOfExposure(where.address, context.output)
  const told = createNews(context)
  const asked = args.text('recordings')
  if (asked !== undefined && where.kind === 'attached') refuse('--recordings', 'is for whoever starts a sweep')
  const options = { ...(keeper === undefined ? {} : { alarmed: keeper.alarmed }), retryFailed: args.flag('retry-failed'), changed: told.changed }
  if (where.kind === 'attached' && keeper === undefined) return told.of(unwrap(await orInterrupted(interrupt, attachSweep('s1', where.address, where.sweep, { ...options, ...(kept === undefined ? {} : { kept }) }))))
  const prepared = await orInterrupted(interrupt, where.kind === 'attached' ? adopted(session, where) : preparedBy(context, session))
  const begin: Begin = async (of, known, recordings) => {
    if (where.kind === 'here') return startSweep('s1', of, session.parts.runs, availableParallelism(), told.changed, known, recordings)
    const more = { ...options, ...(known === undefined ? {} : { kept: known }), ...(recordings === undefined ? {} : { recordings }) }
    return unwrap(await orInterrupted(interrupt, where.kind === 'attached' ? attachSweep('s1', where.address, where.sweep, more) : queueSweep('s1', where.address, of, more)))
  }
  if (keeper !== undefined) return told.of(await startKept(keeper, prepared, where, begin, kept, context))
  if (asked !== undefined) refuse('--recordings', 'is for the history: give --history, too')
  return told.of(await begin(prepared, kept, undefined))
}

function whereOf(args: Arguments): Where {
  const attach = args.text('attach')
  if (attach !== undefined) return { kind: 'attached', address: queueAddress(args), sweep: attach }
  return args.text('queue') === undefined ? { kind: 'here' } : { kind: 'queue', address: queueAddress(args) }
}

/** As an entry of the history: what any entry has is not made again. */
async function startKept(keeper: Keeper, prepared: PreparedSweep, where: Where, begin: Begin, kept: KeptSweeps | undefined, { args, output }: CommandContext): Promise<Sweep> {
  const found = await keeper.findSweep(prepared)
  const rule = unwrap(readRule(args.text('recordings') ?? 'none'))
  let hasBegun = (_entry: string): void => undefined
  const begun = new Promise<string>((resolve) => { hasBegun = resolve })
  const recordings = rule === 'none' && where.kind !== 'queue' ? undefined : createRecordings(rule, async (place, run, recording) => { await keeper.sweepRecording(await begun, prepared, place, run, recording) })
  const memory = remember(found, kept)
  const sweep = await begin(prepared, memory.kept, recordings)
  const entry = keeper.beginSweep(prepared, found, where.kind !== 'here')
  hasBegun(entry)
  const followed = { ...sweep, status: () => ({ ...sweep.status(), history: entry }) }
  keeper.keepSweep(entry, found, followed, memory.ejected)
  const there = found.keys.filter((key) => found.known.has(key)).length
  await output.err(`in the history as ${entry}${there > 0 ? `; ${there} of ${found.keys.length} runs were there` : ''}\n`)
  return followed
}

async function preparedBy({ args }: CommandContext, session: Session): Promise<PreparedSweep> {
  const comparison = await requestOf(args, session)
  return unwrap(await prepareSweep({ comparison, sweep: args.texts('sweep'), metrics: args.texts('metric') }, session.parts.content, session.library))
}

/** What makes the runs of a sweep that is only watched. */
async function adopted(session: Session, { address, sweep }: Where & { readonly kind: 'attached' }): Promise<PreparedSweep> {
  const found = unwrap(await adoptQueued(address, sweep, session.parts))
  return 'prepared' in found ? found.prepared : refuse('--history', `can't keep this sweep: ${found.why}`)
}

async function requestOf(args: Arguments, session: Session): Promise<ComparisonRequest> {
  const { content } = session.parts
  if (args.positionals.length === 0) refuse('<preset|scenario.json>', 'is missing: lab sweep <preset|scenario.json> --sweep NAME=RANGE')
  const chosen = await chooseScenario(args.positionals[0], content, () => defaultKernel(content.kernels))
  return {
    scenario: chosen.preset === undefined ? { kind: 'inline', scenario: chosen.scenario } : { kind: 'preset', id: chosen.preset.id },
    base: args.text('base') ?? chosen.preset?.base ?? defaultKernel(content.kernels).definition.name,
    policies: await Promise.all(args.texts('policy').map((policy) => choosePolicy(policy, session))), seeds: args.whole('seeds', 1, 100, DEFAULT_SEEDS), set: readPairs('set', args.texts('set')),
  }
}

/** `lab history`: what was run and kept, from a terminal; all that the window's history pane can do. */
import type { HistoryEntry, HistoryQuery, OpenedEntry } from '../../preload/contract'
import type { Experiment } from '../lab/experiment'
import { experimentJson } from '../lab/export/experiment-json'
import { resumeOnQueue } from '../lab/sweep/resume-on-queue'
import { sweepCsv } from '../lab/sweep/sweep-csv'
import type { Arguments } from './arguments'
import { toJson, type Command, type CommandContext } from './command'
import { experimentText } from './compare-command'
import { EXIT, type ExitCode } from './exit-codes'
import { detailText, entriesText, overviewText, sizeText, versionsText } from './history-text'
import { openHistorySession, type HistorySession } from './history-session'
import { orInterrupted } from './interrupt'
import { OUT_OPTIONS, OUT_RUN_OPTIONS, stdoutTaken, writeOut } from './out-options'
import { writeTo } from './out-places'
import { refuse, unwrap } from './problem-error'
import { QUEUE_OPTIONS, queueAddress, warnOfExposure } from './queue-options'
import { sayGoesOn, sweepText } from './sweep-command'
import { createNews, sweepToEnd } from './sweep-news'

export const historyCommand: Command = {
  name: 'history',
  about: 'list, show, compare and look after what was run and kept',
  details: [
    'lab history [list]                       what there is, newest first; --text, --tag, --kind, --pinned, --removed choose',
    'lab history show ENTRY                   its comparison or sweep again, with --csv, --report, --bundle, --series, --trace, --charts as files; --runs lists its runs and policies',
    'lab history compare REF REF…             runs of any entries side by side: ENTRY, ENTRY.MACHINE or ENTRY.MACHINE.SEED; the first machine is the base',
    'lab history resume ENTRY                 make the runs that are missing; --queue URL has workers make those of a sweep, and takes in what they have made meanwhile',
    'lab history name|note ENTRY [TEXT]       call it something; tag|untag ENTRY TAG…; pin|unpin ENTRY…',
    'lab history remove|restore ENTRY…        to removed/ and back; lab history empty deletes what was removed',
    'lab history space [--limit MIB]          how much room it takes; above the limit recordings are let go, the oldest first, never pinned ones',
    'lab history reports [--dismiss]          what was found damaged, and where it is now',
    'lab history files policies/x.ts [ID]     earlier texts of a file; with an ID that text; --restore puts it back, keeping the present one',
  ].join('\n'),
  names: [],
  optionalNames: ['action', 'entry…'],
  options: {
    text: { type: 'string', value: 'WORDS', about: 'entries in which all these words occur' },
    tag: { type: 'string', multiple: true, value: 'TAG', about: 'entries with this tag; repeatable' },
    kind: { type: 'string', value: 'comparison|sweep', about: 'only these' },
    pinned: { type: 'boolean', about: 'only pinned ones' },
    removed: { type: 'boolean', about: 'those that were removed' },
    max: { type: 'string', value: 'N', about: 'at most so many, 1 to 1000 (50)' },
    all: { type: 'boolean', about: 'show metrics that are the same, too' },
    runs: { type: 'boolean', about: 'list runs, settings and policies with their source' },
    limit: { type: 'string', value: 'MIB', about: 'let recordings go above so many MiB' },
    dismiss: { type: 'boolean', about: 'forget the reports' },
    restore: { type: 'boolean', about: 'put the earlier text back' },
    workspace: { type: 'string', value: 'DIR', about: 'the folder whose history it is' },
    progress: { type: 'boolean', about: 'tell progress on stderr even when it is no terminal' },
    ...QUEUE_OPTIONS, ...OUT_OPTIONS, ...OUT_RUN_OPTIONS,
  },
  run: history,
}

interface Asked { readonly session: HistorySession; readonly context: CommandContext; readonly names: readonly string[]; readonly news: ReturnType<typeof createNews> }
type Action = (asked: Asked) => Promise<ExitCode | void>

async function history(context: CommandContext): Promise<ExitCode> {
  const [name = 'list', ...names] = context.args.positionals
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : refuse('action', `must be one of ${Object.keys(ACTIONS).join(', ')}, not ${JSON.stringify(name.slice(0, 40))}`)
  const news = createNews(context)
  const session = await openHistorySession(context.args.text('workspace'), news.changed)
  try {
    const code = await action({ session, context, names, news })
    return code ?? EXIT.ok
  } finally {
    await session.close()
  }
}

const ACTIONS: Readonly<Record<string, Action>> = {
  list, show, compare, resume,
  name: ({ session, context, names: [id, ...words] }) => change(session, context, one(id), { name: words.join(' ') }),
  note: ({ session, context, names: [id, ...words] }) => change(session, context, one(id), { note: words.join(' ') }),
  tag: async ({ session, context, names: [id, ...tags] }) => change(session, context, one(id), { tags: [...new Set([...(await find(session, one(id))).tags, ...tags])] }),
  untag: async ({ session, context, names: [id, ...tags] }) => change(session, context, one(id), { tags: (await find(session, one(id))).tags.filter((tag) => !tags.includes(tag)) }),
  pin: each((id, { session }) => session.requests.historyChange(id, { pinned: true })),
  unpin: each((id, { session }) => session.requests.historyChange(id, { pinned: false })),
  remove: each((id, { session }) => session.requests.historyRemove(id)),
  restore: each((id, { session }) => session.requests.historyRestore(id)),
  empty: async ({ session, context }) => { await print(context, unwrap(await session.requests.historyEmpty()), (space) => `${sizeText(space)}\n`) },
  space, reports, files,
}

async function list({ session, context: { args, json, output } }: Asked): Promise<void> {
  const page = unwrap(await session.requests.history(queryOf(args)))
  const overview = await session.requests.historyOverview()
  await output.out(json ? toJson(page) : entriesText(page) + overviewText(overview))
}

function queryOf(args: Arguments): HistoryQuery {
  const [text, kind] = [args.text('text'), args.text('kind')]
  return {
    limit: args.whole('max', 1, 1000, 50), removed: args.flag('removed'), pinned: args.flag('pinned'), tags: args.texts('tag'),
    ...(text === undefined ? {} : { text }), ...(kind === undefined ? {} : { kind: kind as HistoryEntry['kind'] }),
  }
}

async function show({ session, context, names: [id] }: Asked): Promise<void> {
  if (context.args.flag('runs')) return print(context, unwrap(await session.requests.historyDetail(one(id))), detailText)
  await showLive(unwrap(await session.requests.historyOpen(one(id))), session, context)
}

async function compare({ session, context, names }: Asked): Promise<void> {
  if (names.length === 0) refuse('<entry…>', 'is missing: lab history compare ENTRY[.MACHINE[.SEED]] …')
  await showLive(unwrap(await session.requests.historyCompare(names)), session, context)
}

async function resume({ session, context, names: [id], news }: Asked): Promise<ExitCode | void> {
  const { interrupt, output } = context
  const opened = await (context.args.text('queue') === undefined ? session.requests.historyResume(one(id)).then(unwrap) : resumeQueued(session, context, one(id)))
  const sweep = session.sweeps.find(opened.id)
  if (sweep !== undefined) await sweepToEnd(news.of(sweep), context)
  const experiment = session.experiments.find(opened.id)
  // Interrupted, it keeps what it has, and can be taken up again.
  await orInterrupted(interrupt, experiment?.ended ?? Promise.resolve()).catch(() => { experiment?.cancel() })
  await showLive(opened, session, context)
  if (sweep !== undefined) await sayGoesOn(sweep.status(), output)
  return interrupt.code()
}

async function resumeQueued({ keeper, sweeps }: HistorySession, context: CommandContext, id: string): Promise<OpenedEntry> {
  const address = queueAddress(context.args)
  await warnOfExposure(address, context.output)
  return { kind: 'sweep', id: unwrap(await orInterrupted(context.interrupt, resumeOnQueue(keeper.history, id, address, sweeps))).id }
}

/** A live comparison or sweep, as `lab compare` and `lab sweep` print theirs. */
async function showLive({ kind, id }: OpenedEntry, session: HistorySession, context: CommandContext): Promise<void> {
  const { args, json, output } = context
  const sweep = session.sweeps.find(id)
  if (kind === 'sweep' && sweep !== undefined) {
    const csv = args.text('csv')
    if (csv === '-') return output.out(sweepCsv(sweep))
    if (csv !== undefined) await writeTo('--csv', csv, sweepCsv(sweep))
    return output.out(json ? toJson({ ...sweep.status(), rows: sweep.rows() }) : sweepText(sweep.status()))
  }
  const experiment = session.experiments.find(id) ?? refuse('entry', `${id} is gone`)
  if (json || Object.keys(OUT_OPTIONS).some((name) => args.text(name) !== undefined)) await loadRecordings(experiment, session, context)
  await writeOut(experiment, { parts: session }, context)
  if (!stdoutTaken(args)) await output.out(json ? toJson({ ...experimentJson(experiment), history: experiment.entry }) : experimentText(experiment, args.flag('all')))
}

async function loadRecordings(experiment: Experiment, { experiments }: HistorySession, { output }: CommandContext): Promise<void> {
  for (const run of experiment.runs) {
    if (run.outcome === undefined) continue
    const answer = await experiments.recording(run, experiment)
    if (!answer.ok) await output.err(`! machine ${run.machine}, seed ${run.seed}: ${answer.problems[0].message}\n`)
  }
}

async function change(session: HistorySession, context: CommandContext, id: string, wanted: Parameters<HistorySession['requests']['historyChange']>[1]): Promise<void> {
  await print(context, unwrap(await session.requests.historyChange(id, wanted)), (entry) => entriesText({ entries: [entry], total: 1 }))
}

/** The same for every entry that is named; the first that can't be done ends it. */
function each(work: (id: string, asked: Asked) => ReturnType<HistorySession['requests']['historyRemove'] | HistorySession['requests']['historyChange']>): Action {
  return async (asked) => {
    one(asked.names[0])
    for (const id of asked.names) unwrap<unknown>(await work(id, asked))
    if (asked.context.json) await asked.context.output.out(toJson({ entries: asked.names }))
  }
}

async function space({ session, context }: Asked): Promise<void> {
  const limit = context.args.whole('limit', 1, 2 ** 30, 0)
  const now = limit > 0 ? unwrap(await session.requests.historyLimit(limit * 2 ** 20)) : (await session.requests.historyOverview()).space
  await print(context, now, (one) => `${sizeText(one)}\n`)
}

/** 1 when there are some: a script can ask. */
async function reports({ session, context }: Asked): Promise<ExitCode> {
  const overview = await session.requests.historyOverview()
  if (context.args.flag('dismiss')) unwrap(await session.requests.historyDismiss('reports'))
  await print(context, overview.reports, () => overviewText(overview) || 'nothing was found damaged\n')
  return overview.reports.length > 0 || overview.unavailable !== undefined ? EXIT.no : EXIT.ok
}

async function files({ session: { store }, context, names: [file, id] }: Asked): Promise<void> {
  if (file === undefined) refuse('<file>', 'is missing: lab history files policies/NAME.ts')
  if (id === undefined) return print(context, unwrap(await store.versions(file)), versionsText)
  const text = unwrap(await store.version(file, id))
  if (!context.args.flag('restore')) return context.output.out(context.json ? toJson({ file, id, text }) : text)
  const now = await store.read(file)
  if (now.ok && now.value.draft !== undefined) unwrap(await store.keepVersion(file, now.value.draft))
  const saved = unwrap(await store.save(file, text, now.ok ? now.value.version : ''))
  await print(context, { file, version: saved.version }, () => `${file} has the text of ${id} again; what it had is kept beside it\n`)
}

async function find({ requests }: HistorySession, id: string): Promise<HistoryEntry> {
  return unwrap(await requests.historyDetail(id)).entry
}

function one(id: string | undefined): string {
  return id ?? refuse('<entry>', 'is missing; lab history lists them')
}

async function print<T>({ json, output }: CommandContext, value: T, text: (value: T) => string): Promise<void> {
  await output.out(json ? toJson(value) : text(value))
}

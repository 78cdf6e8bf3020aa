/** `lab follow`: the life of one page in a run, told as a table. */
import type { PageLifeView } from '../../preload/contract'
import { jobOf } from '../lab/experiment'
import { followPage, lifeView } from '../lab/follow/follow'
import { parsePageQuery } from '../lab/follow/page-query'
import { defaultKernel, prepare, type PreparedExperiment } from '../lab/request'
import { readPairs } from './arguments'
import { toJson, type Command, type CommandContext } from './command'
import { SCENARIO_OPTIONS } from './compare-command'
import { EXIT, type ExitCode } from './exit-codes'
import { orInterrupted } from './interrupt'
import { refuse, unwrap } from './problem-error'
import { choosePolicy, chooseScenario } from './scenario-argument'
import { openSession, type Session } from './session'
import { table } from './table'

export const followCommand: Command = {
  name: 'follow',
  about: 'follow one page through a run: allocated, listed, scanned, swapped, back again',
  details: [
    'A page is PROCESS:REGION:PAGE (app:heap:1234), file:PATH:PAGE (file:/data/x:77), or next-evicted (next-evicted:anon, next-evicted:file): the first one reclaim frees from --from on, told from its beginning.',
    'The run is made with the page followed, which changes nothing in it. With --json: {page, events, dropped}, each event with t (ns), kind, task, args and text {en, zh}.',
  ].join('\n'),
  names: ['preset|scenario.json'],
  options: {
    ...SCENARIO_OPTIONS,
    page: { type: 'string', value: 'PAGE', about: 'the page to follow' },
    from: { type: 'string', value: 'MS', about: 'time from which on events are told, or pages searched (0)' },
    policy: { type: 'string', short: 'p', value: 'NAME|FILE.ts', about: 'a policy over the base' },
    seed: { type: 'string', value: 'N', about: 'the seed (1)' },
  },
  run,
}

const LARGEST_SEED = 0xffff_ffff
const NS_PER_MS = 1e6

async function run(context: CommandContext): Promise<ExitCode> {
  const { args, json, output, interrupt } = context
  const page = args.text('page') ?? refuse('--page', 'is missing: such as --page app:heap:1234, --page file:/data/x:77 or --page next-evicted')
  const from = timeOf(args.text('from') ?? '0')
  const session = await openSession(args.text('workspace'))
  try {
    const prepared = await orInterrupted(interrupt, prepareRun(context, session))
    const spec = unwrap(parsePageQuery(page, from, prepared.scenario))
    const seed = args.whole('seed', 0, LARGEST_SEED, 1)
    const job = jobOf({ id: 'e1.0.1', machine: 0, seed, state: 'waiting', fraction: 0 }, prepared)
    const followed = await orInterrupted(interrupt, followPage(job, spec, session.parts.runs))
    const view = lifeView(followed)
    await output.out(json ? toJson({ ...view, digest: followed.digest }) : lifeText(view))
    return EXIT.ok
  } finally {
    await session.close()
  }
}

/** One row an event: when, who, what. */
export function lifeText({ page, events, dropped }: PageLifeView): string {
  if (page === undefined) return 'No page was evicted from then on.\n'
  if (events.length === 0) return `Nothing happened to ${page}: it was never in memory.\n`
  const rows = events.map(({ t, task, text }) => [(t / NS_PER_MS).toFixed(3), task, text.en])
  const list = table([{ title: 'ms', align: 'right' }, { title: 'Who', align: 'left' }, { title: `What happened to ${page}`, align: 'left' }], rows)
  return dropped === 0 ? list : `${list}… and ${dropped} more; start later with --from\n`
}

function timeOf(text: string): number {
  const ms = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : NaN
  return ms >= 0 ? Math.round(ms * NS_PER_MS) : refuse('--from', `must be a time in ms, such as 1500, not ${JSON.stringify(text.slice(0, 40))}`)
}

async function prepareRun({ args }: CommandContext, session: Session): Promise<PreparedExperiment> {
  const { content } = session.parts
  const kernel = defaultKernel(content.kernels)
  const chosen = await chooseScenario(args.positionals[0], content, () => kernel)
  const policy = args.text('policy')
  const prepared = unwrap(await prepare({
    scenario: chosen.preset === undefined ? { kind: 'inline', scenario: chosen.scenario } : { kind: 'preset', id: chosen.preset.id },
    base: args.text('base') ?? chosen.preset?.base ?? kernel.definition.name,
    policies: policy === undefined ? [] : [await choosePolicy(policy)],
    seeds: 1, set: readPairs('set', args.texts('set')),
  }, content, session.library))
  // Of base and policy only the last is wanted.
  return { ...prepared, machines: prepared.machines.slice(-1), stacks: prepared.stacks.slice(-1) }
}

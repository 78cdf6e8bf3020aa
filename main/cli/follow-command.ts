/** `lab follow`: the life of one page in a run, told as a table. */
import type { PageLifeView } from '../../preload/contract'
import { followPage, lifeView } from '../lab/follow/follow'
import { parsePageQuery } from '../lab/follow/page-query'
import { toJson, type Command, type CommandContext } from './command'
import { EXIT, type ExitCode } from './exit-codes'
import { orInterrupted } from './interrupt'
import { jobOfOne, NS_PER_MS, ONE_RUN_OPTIONS, prepareOne, timeOption } from './one-run'
import { refuse, unwrap } from './problem-error'
import { openSession } from './session'
import { table } from './table'

export const followCommand: Command = {
  name: 'follow',
  about: 'follow one page through a run: allocated, listed, scanned, swapped, back again',
  details: [
    'A page is PROCESS:REGION:PAGE (app:heap:1234), file:PATH:PAGE (file:/data/x:77), or next-evicted (next-evicted:anon, next-evicted:file, next-evicted:tmpfs): the first one reclaim frees from --from on, told from its beginning.',
    'The run is made with the page followed, which changes nothing in it. With --json: {page, events, dropped, digest}, each event with t (ns), kind, task, args and text {en, zh}.',
    'Several pages are told one after the other, to compare them; with --json as a list.',
  ].join('\n'),
  names: ['preset|scenario.json'],
  options: {
    ...ONE_RUN_OPTIONS,
    page: { type: 'string', value: 'PAGE', multiple: true, about: 'the page to follow; repeat it to compare pages' },
    from: { type: 'string', value: 'MS', about: 'time from which on events are told, or pages searched (0)' },
  },
  run,
}

async function run(context: CommandContext): Promise<ExitCode> {
  const { args, json, output, interrupt } = context
  const pages = args.texts('page')
  if (pages.length === 0) refuse('--page', 'is missing: such as --page app:heap:1234, --page file:/data/x:77 or --page next-evicted')
  const from = timeOption(args, 'from')
  const session = await openSession(args.text('workspace'))
  try {
    const prepared = await orInterrupted(interrupt, prepareOne(args, args.positionals[0], session))
    const specs = pages.map((page) => unwrap(parsePageQuery(page, from, prepared.machines[0].scenario)))
    const views: (PageLifeView & { readonly digest: string | undefined })[] = []
    for (const spec of specs) {
      const followed = await orInterrupted(interrupt, followPage(jobOfOne(prepared), spec, session.parts.runs))
      views.push({ ...lifeView(followed), digest: followed.digest })
    }
    await output.out(json ? toJson(views.length === 1 ? views[0] : views) : views.map(lifeText).join('\n'))
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

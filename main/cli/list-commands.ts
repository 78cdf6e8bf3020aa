/** `lab presets` and `lab policies`: what there is to run. */
import { PRESETS } from '../lab/presets'
import type { PresetInfo } from '../../preload/contract'
import { toJson, type Command, type CommandContext } from './command'
import { EXIT, type ExitCode } from './exit-codes'
import { orInterrupted } from './interrupt'
import { openSession } from './session'
import { number, table } from './table'

export const presetsCommand: Command = {
  name: 'presets',
  about: 'list the scenarios that come with the lab',
  details: 'With --json: an array; each has id, title, about, base, policies, seeds and the whole scenario, which can be saved, changed and run from a file.',
  names: [], options: {},
  run: presets,
}

async function presets({ json, output }: CommandContext): Promise<ExitCode> {
  const rows = PRESETS.map((preset) => [preset.id, memory(preset), `${number(preset.scenario.durationMs / 1000)} s`, [preset.base, ...preset.policies].join(', '), preset.title.en])
  const columns = [{ title: 'Preset', align: 'left' }, { title: 'Memory', align: 'right' }, { title: 'At most', align: 'right' }, { title: 'Compares', align: 'left' }, { title: 'Title', align: 'left' }] as const
  await output.out(json ? toJson(PRESETS) : table(columns, rows))
  return EXIT.ok
}

const PAGES_PER_MIB = 256

function memory({ scenario }: PresetInfo): string {
  const mib = scenario.machine.zones.reduce((sum, zone) => sum + zone.managed, 0) / PAGES_PER_MIB
  return mib < 1024 ? `${number(Math.round(mib))} MiB` : `${number(mib / 1024)} GiB`
}

export const policiesCommand: Command = {
  name: 'policies',
  about: 'list policies and their parameters',
  details: 'Examples of the lab and files of the workspace. With --json: an array; each has name, file, origin, describe, params, hooks, problems.',
  names: [],
  options: { workspace: { type: 'string', value: 'DIR', about: 'folder whose own policies are listed too' } },
  run: policies,
}

async function policies({ args, json, output, interrupt }: CommandContext): Promise<ExitCode> {
  const session = await openSession(args.text('workspace'))
  try {
    const all = await orInterrupted(interrupt, session.library.list())
    if (json) await output.out(toJson(all))
    for (const one of json ? [] : all) {
      await output.out(`${one.name}  (${one.origin}, ${one.file})\n  ${one.describe}\n  hooks: ${one.hooks.join(', ') || 'none'}\n`)
      for (const param of one.params) await output.out(`  --set ${one.name}.${param.name}=${String(param.default)}  ${range(param)}  ${param.about}\n`)
      for (const problem of one.problems) await output.out(`  ! ${problem.path}: ${problem.message}\n`)
      await output.out('\n')
    }
    return EXIT.ok
  } finally {
    await session.close()
  }
}

function range({ min, max, unit, choices }: { readonly min?: number; readonly max?: number; readonly unit?: string; readonly choices?: readonly string[] }): string {
  if (choices !== undefined) return `[${choices.join(' | ')}]`
  return min === undefined || max === undefined ? '' : `[${number(min)} … ${number(max)}${unit === undefined ? '' : ` ${unit}`}]`
}

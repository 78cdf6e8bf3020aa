/** `lab marks`: the marks and reserves of a machine in all kernels the lab knows, also those that can't be run. */
import type { Scenario } from '../../preload/contract'
import { createContent } from '../lab/default-content'
import { marksByKernel, type KernelMarks } from '../lab/marks/marks'
import { suggestion } from '../lab/nearest'
import { importMachine } from '../lab/import/import-machine'
import type { Content } from '../lab/parts'
import { defaultKernel } from '../lab/request'
import { sysctlName } from '../lab/scenario/check-sysctls'
import { readPairs, type Arguments } from './arguments'
import { toJson, type Command, type CommandContext } from './command'
import { EXIT, type ExitCode } from './exit-codes'
import { refuse, unwrap } from './problem-error'
import { chooseScenario, readTextFile } from './scenario-argument'
import { number, table } from './table'

export const marksCommand: Command = {
  name: 'marks',
  about: 'compute the watermarks and reserves of a machine in every kernel, side by side',
  details: [
    'The argument is a preset, a scenario.json, or a file with /proc/zoneinfo (- for stdin). Boot marks use the zones\' sizes at boot; with --set of a watermark sysctl they are',
    'computed from what the zones manage, as after a write. With --json: an array by kernel with minFreeKb, sumMin and zones (min, low, high, protection).',
  ].join('\n'),
  names: ['preset|scenario.json|zoneinfo'],
  options: {
    kernel: { type: 'string', multiple: true, short: 'k', value: 'KERNEL', about: 'only this kernel (android-3.18, linux-5.15, linux-6.1); repeatable' },
    set: { type: 'string', multiple: true, value: 'NAME=VALUE', about: 'write a sysctl (vm.min_free_kbytes=3000000, vm.extra_free_kbytes=24300); repeatable' },
  },
  run,
}

async function run({ args, json, output }: CommandContext): Promise<ExitCode> {
  const content = createContent()
  const { scenario, explainedBy } = await machineOf(args.positionals[0], content)
  const written = Object.fromEntries(Object.entries(readPairs('set', args.texts('set'))).map(([name, value]) => [sysctlName(name), value]))
  const marks = unwrap(marksByKernel(scenario.machine.zones, scenario.sysctls, written, kernelsOf(args, content)))
  await output.out(json ? toJson(marks) : (explainedBy === undefined ? '' : `${explainedBy}\n\n`) + marksText(marks))
  return EXIT.ok
}

function kernelsOf(args: Arguments, content: Content): readonly Content['kernels'][number]['definition'][] {
  const names = args.texts('kernel')
  const all = content.kernels.map((kernel) => kernel.definition)
  for (const name of names) if (!all.some((kernel) => kernel.name === name)) refuse('--kernel', `there is no kernel ${JSON.stringify(name.slice(0, 40))}.${suggestion(name, all.map((kernel) => kernel.name))}`)
  return names.length === 0 ? all : all.filter((kernel) => names.includes(kernel.name))
}

interface Given {
  readonly scenario: Scenario
  /** Of a listing: which kernel's formula gives its printed marks. */
  readonly explainedBy?: string
}

/** A file that isn't JSON is a zoneinfo listing. */
async function machineOf(argument: string, content: Content): Promise<Given> {
  const preset = content.presets.some((one) => one.id === argument)
  if (preset || argument.endsWith('.json') || !(argument === '-' || /[./\\]/.test(argument) || argument.includes('zoneinfo'))) return { scenario: (await chooseScenario(argument, content, () => defaultKernel(content.kernels))).scenario }
  return listing(await readTextFile(argument), content)
}

/** The kernel that explains the printed marks also tells the min_free_kbytes behind them, and the zones' sizes at boot. Other kernels are then shown with the same value. */
async function listing(zoneinfo: string, content: Content): Promise<Given> {
  const read = async (kernel: Content['kernels'][number]['definition']): Promise<Scenario> => unwrap(await importMachine({ kind: 'text', files: { zoneinfo } }, kernel)).scenario
  const first = await read(defaultKernel(content.kernels).definition)
  for (const { definition } of content.kernels) {
    const scenario = await read(definition)
    const explained = scenario.machine.zones.every((zone) => zone.marks === undefined)
    if (explained) return { scenario, explainedBy: `The listing's marks, where it has any, are exactly those that ${definition.name} computes.` }
  }
  return { scenario: first, explainedBy: 'The listing\'s marks are not those of any kernel here; what follows is what they would compute.' }
}

function marksText(marks: readonly KernelMarks[]): string {
  const right = (title: string) => ({ title, align: 'right' as const })
  const left = (title: string) => ({ title, align: 'left' as const })
  const zones = marks[0].zones
  const rows = zones.map((zone, i) => [`${zone.node} ${zone.zone}`, number(zone.managed), ...marks.flatMap(({ zones: of }) => [of[i].min, of[i].low, of[i].high].map(number))])
  const sum = ['sum of MIN', '', ...marks.flatMap(({ sumMin }) => [number(sumMin), '', ''])]
  const reserves = zones.map((zone, i) => [`${zone.node} ${zone.zone}`, ...marks.map(({ zones: of }) => `(${of[i].protection.join(', ')})`)])
  return [
    marks.map(heading).join(''),
    table([left('Zone'), right('Managed'), ...marks.flatMap(({ kernel }) => [right(`${kernel}: MIN`), right('LOW'), right('HIGH')])], [...rows, sum]),
    `Protection: what a zone keeps from requests that may use DMA, DMA32, Normal, Movable at most\n${table([left('Zone'), ...marks.map(({ kernel }) => left(kernel))], reserves)}`,
  ].join('\n')
}

function heading({ kernel, minFreeKb, automatic, unknown }: KernelMarks): string {
  const lacks = unknown.length === 0 ? '' : `; has no ${unknown.join(', ')}`
  return `${kernel}: vm.min_free_kbytes ${number(minFreeKb)} kB${automatic ? ' (computed by the kernel)' : ''} = ${number(Math.floor(minFreeKb / 4))} pages${lacks}\n`
}

/** `lab hooks`: what a hook decides, what it is told and may answer, and where each kernel has it. */
import { suggestion } from '../lab/nearest'
import type { ApiGuide, HookGuide, HookSource } from '../../preload/contract'
import { createCompileService } from '../compile/service'
import { toJson, type Command, type CommandContext } from './command'
import { EXIT, type ExitCode } from './exit-codes'
import { orInterrupted } from './interrupt'
import { refuse } from './problem-error'
import { table } from './table'

export const hooksCommand: Command = {
  name: 'hooks',
  about: 'list the hooks of the policy API, or explain one and show where the kernels have it',
  details: 'With a name: what it decides and when, its arguments, the allowed answers, and file and line in each kernel. --source prints the code too, of one kernel if it is named. With --json: the same as an array of objects.',
  names: [], optionalNames: ['name'],
  options: { source: { type: 'string', value: 'KERNEL', about: 'print its code in this kernel, or in "all"' } },
  run,
}

async function run({ args, json, output, interrupt }: CommandContext): Promise<ExitCode> {
  const [name] = args.positionals
  const service = createCompileService()
  try {
    const guide = await orInterrupted(interrupt, service.guide())
    const source = sourceOption(guide, args.text('source'), name)
    const hooks = name === undefined ? guide.hooks : [found(guide, name)]
    await output.out(json ? toJson(hooks) : name === undefined ? list(hooks) : explain(hooks[0], source))
    return EXIT.ok
  } finally {
    await service.dispose()
  }
}

function found({ hooks }: ApiGuide, name: string): HookGuide {
  const names = hooks.map((hook) => hook.name)
  return hooks.find((hook) => hook.name === name) ?? refuse('name', `there is no hook ${JSON.stringify(name.slice(0, 40))}.${suggestion(name, names)}`)
}

function sourceOption({ hooks }: ApiGuide, kernel: string | undefined, name: string | undefined): string | undefined {
  const kernels = hooks[0].sources.map((source) => source.kernel)
  if (kernel === undefined || (name !== undefined && (kernel === 'all' || kernels.includes(kernel)))) return kernel
  return refuse('--source', name === undefined ? 'needs the name of a hook' : `there is no kernel ${JSON.stringify(kernel.slice(0, 40))}: one of ${kernels.join(', ')}, or all`)
}

function list(hooks: readonly HookGuide[]): string {
  const rows = hooks.map((hook) => [hook.name, hook.kernel[0]?.replace(/^.*:/, '') ?? '', hook.decides.en])
  return table([{ title: 'Hook', align: 'left' }, { title: 'Kernel function', align: 'left' }, { title: 'Decides, or is told', align: 'left' }], rows)
}

function explain(hook: HookGuide, source: string | undefined): string {
  const fields = [...hook.args, ...hook.answer.fields.map((field) => ({ ...field, signature: `answer.${field.signature}` }))]
  return [
    `${hook.signature}\n`, hook.decides.en,
    ...[['When', hook.when], ['Binds', hook.binds], ['Answer', hook.answer.doc], ['Kernel', hook.kernel.join(', ')]].filter(([, text]) => text !== '').map(([title, text]) => `${title}: ${text}`),
    ...(fields.length > 0 ? ['', table([{ title: 'Argument', align: 'left' }, { title: '', align: 'left' }], fields.map(({ signature, doc }) => [signature, doc]))] : ['']),
    ...hook.sources.map((one) => placeLine(one)),
    ...hook.sources.filter((one) => source === 'all' || one.kernel === source).map(code),
  ].join('\n') + '\n'
}

function placeLine(source: HookSource): string {
  if (source.kind === 'none') return `${source.kernel.padEnd(WIDE)}  has no such decision`
  return `${source.kernel.padEnd(WIDE)}  ${source.file}:${source.line}${source.kind === 'other' ? ` (taken from ${source.in})` : ''}${source.about === '' ? '' : `  ${source.about}`}`
}

const WIDE = 12

function code(source: HookSource): string {
  return source.kind === 'none' ? '' : `\n// ${source.file}:${source.line}\n${source.text}`
}

/** The help texts, from the commands' own declarations. */
import { COMMON, type OptionSpecs } from './arguments'
import type { Command } from './command'

export function overview(commands: readonly Command[]): string {
  const wide = Math.max(...commands.map((command) => usage(command).length))
  return [
    'Reclaim Lab from a terminal: Linux memory reclaim simulated page by page, policies compared with the kernel.\n',
    ...commands.map((command) => `  lab ${usage(command).padEnd(wide)}  ${command.about}`),
    `  lab ${'help [command]'.padEnd(wide)}  explain a command`,
    `  lab ${'--version'.padEnd(wide)}  tell the engine's version\n`,
    'To begin with: lab compare seed-000\n',
    'Exit status: 0 done; 1 the answer is no (check found errors, parity found marks that differ, a bundle\'s digests are others); 2 wrong usage or input, nothing was run; 3 a run failed or got stuck;',
    '70 a bug of the lab; 130 interrupted by Ctrl-C and 143 by SIGTERM, partial results printed and marked; 141 the reader of the output went away.',
    'With --json stdout is JSON alone; errors too: {"error": {"problems": [{"path", "message"}]}}.\n',
  ].join('\n')
}

export function commandHelp(command: Command): string {
  return [`lab ${usage(command)}\n\n${command.about}`, command.details ?? '', optionsText({ ...command.options, ...COMMON })].filter((part) => part !== '').join('\n\n') + '\n'
}

function usage(command: Command): string {
  return [command.name, ...command.names.map((name) => `<${name}>`), ...(command.optionalNames ?? []).map((name) => `[${name}]`), Object.keys(command.options).length > 0 ? '[options]' : ''].filter((part) => part !== '').join(' ')
}

function optionsText(options: OptionSpecs): string {
  const rows = Object.entries(options).map(([name, spec]) => [`  ${spec.short === undefined ? '    ' : `-${spec.short}, `}--${name}${spec.value === undefined ? '' : ` ${spec.value}`}`, spec.about])
  const wide = Math.max(...rows.map(([option]) => option.length))
  return `Options\n${rows.map(([option, about]) => `${option.padEnd(wide)}  ${about}`).join('\n')}`
}

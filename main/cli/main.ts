/** The front of the CLI: finds the command, prints problems in the asked-for form, gives the exit status. */
import { ENGINE_VERSION } from '../engine'
import { nearest } from '../lab/nearest'
import type { Problem } from '../../preload/contract'
import { readArguments } from './arguments'
import { atCommand } from './at-command'
import { benchCommand } from './bench/bench-command'
import { bundleCommand } from './bundle-command'
import { checkCommand } from './check-command'
import { divergeCommand } from './diverge-command'
import { toJson, type Command } from './command'
import { compareCommand } from './compare-command'
import { EXIT, type ExitCode } from './exit-codes'
import { commandHelp, overview } from './help'
import { followCommand } from './follow-command'
import { gfpCommand } from './gfp-command'
import { hooksCommand } from './hooks-command'
import { historyCommand } from './history-command'
import { marksCommand } from './marks-command'
import { importCommand } from './import-command'
import { Interrupted, type Interrupt } from './interrupt'
import { policiesCommand, presetsCommand } from './list-commands'
import type { Output } from './output'
import { parityCommand } from './parity/parity-command'
import { ProblemError, refuse } from './problem-error'
import { policyCommand } from './policy-command'
import { procCommand } from './proc-command'
import { queueCommand } from './queue-command'
import { runCommand } from './run-command'
import { sweepCommand } from './sweep-command'
import { workerCommand } from './worker-command'

export const COMMANDS: readonly Command[] = [presetsCommand, policiesCommand, runCommand, compareCommand, divergeCommand, sweepCommand, historyCommand, workerCommand, queueCommand, bundleCommand, checkCommand, policyCommand, hooksCommand, importCommand, procCommand, atCommand, followCommand, gfpCommand, marksCommand, parityCommand, benchCommand]

export async function main(argv: readonly string[], output: Output, interrupt: Interrupt): Promise<ExitCode> {
  const json = argv.includes('--json')
  try {
    return await dispatch(argv, json, output, interrupt)
  } catch (error) {
    const { code, problems } = explain(error, interrupt)
    if (interrupt.code() !== EXIT.pipeClosed) await complain(problems, json, output)
    return code
  }
}

async function dispatch(argv: readonly string[], json: boolean, output: Output, interrupt: Interrupt): Promise<ExitCode> {
  // `lab --json presets` means `lab presets --json`.
  const [name = '', ...rest] = argv[0] === '--json' ? [...argv.slice(1), '--json'] : argv
  if (name === 'help' || name === '--help' || name === '-h') return help(rest, output)
  if (name === '--version') return version(json, output)
  if (name === '' || name === '--json') return noCommand(json, output)
  if (name.startsWith('-')) refuse(name.slice(0, 40), 'a command comes first, as in lab presets --json')
  const command = find(name)
  const args = readArguments(command.name, rest, command.options, command.names, command.optionalNames)
  if (args.flag('help')) return help([command.name], output)
  return command.run({ args, json, output, interrupt })
}

/** Runs are told apart by the engine's version, not by the program's. */
async function version(json: boolean, output: Output): Promise<ExitCode> {
  await output.out(json ? toJson({ engine: ENGINE_VERSION }) : `Reclaim Lab, engine ${ENGINE_VERSION}\n`)
  return EXIT.ok
}

async function noCommand(json: boolean, output: Output): Promise<ExitCode> {
  if (json) refuse('command', `is missing: one of ${COMMANDS.map((command) => command.name).join(', ')}`)
  await output.err(overview(COMMANDS))
  return EXIT.usage
}

async function help(names: readonly string[], output: Output): Promise<ExitCode> {
  const [name] = names.filter((one) => !one.startsWith('-'))
  await output.out(name === undefined ? overview(COMMANDS) : commandHelp(find(name)))
  return EXIT.ok
}

function find(name: string): Command {
  const names = COMMANDS.map((command) => command.name)
  const command = COMMANDS.find((one) => one.name === name)
  if (command !== undefined) return command
  const near = nearest(name, names)
  return refuse('command', `there is no command ${JSON.stringify(name.slice(0, 40))}.${near === undefined ? ` There are ${names.join(', ')} and help.` : ` Did you mean "${near}"?`}`)
}

function explain(error: unknown, interrupt: Interrupt): { readonly code: ExitCode; readonly problems: readonly Problem[] } {
  const interrupted = interrupt.code()
  if (error instanceof Interrupted && interrupted !== undefined) return { code: interrupted, problems: [{ path: 'lab', message: 'interrupted before there was a result' }] }
  if (error instanceof ProblemError) return { code: error.exit, problems: error.problems }
  const message = error instanceof Error ? error.stack ?? error.message : String(error)
  return { code: EXIT.internal, problems: [{ path: 'lab', message: `a bug of the lab, please report it: ${message}` }] }
}

async function complain(problems: readonly Problem[], json: boolean, output: Output): Promise<void> {
  if (json) await output.out(toJson({ error: { problems } }))
  else for (const problem of problems) await output.err(`lab: ${problem.path}: ${problem.message}\n`)
}

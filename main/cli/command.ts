/** What a command of `lab` is. */
export { toJson } from '../lab/export/experiment-json'
import type { Arguments, OptionSpecs } from './arguments'
import type { ExitCode } from './exit-codes'
import type { Interrupt } from './interrupt'
import type { Output } from './output'

export interface CommandContext {
  readonly args: Arguments
  readonly json: boolean
  readonly output: Output
  readonly interrupt: Interrupt
}

export interface Command {
  readonly name: string
  /** One line for the list. */
  readonly about: string
  /** More, for `lab help <name>`. */
  readonly details?: string
  readonly names: readonly string[]
  readonly optionalNames?: readonly string[]
  readonly options: OptionSpecs
  run(context: CommandContext): Promise<ExitCode>
}

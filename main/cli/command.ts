/** What a command of `lab` is. */
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

/** JSON as every command prints it. NaN and infinities, which JSON lacks, come as null. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, (_key, one: unknown) => one instanceof Float64Array ? [...one] : one, 2)}\n`
}

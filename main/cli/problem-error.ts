/** Ends a command because of what a person gave: thrown to the front of the CLI, which prints the problems in the asked-for form. */
import type { Problem, Result } from '../../preload/contract'
import { EXIT, type ExitCode } from './exit-codes'

export class ProblemError extends Error {
  readonly problems: readonly Problem[]
  readonly exit: ExitCode

  constructor(problems: readonly Problem[], exit: ExitCode = EXIT.usage) {
    super(problems.map((problem) => `${problem.path}: ${problem.message}`).join('\n'))
    this.problems = problems
    this.exit = exit
  }
}

export function refuse(path: string, message: string): never {
  throw new ProblemError([{ path, message }])
}

export function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new ProblemError(result.problems)
  return result.value
}

/** `lab check`: does a policy compile, hold to the rules and the types, and evaluate? */
import type { Problem } from '../../preload/contract'
import { toJson, type Command, type CommandContext } from './command'
import { EXIT, type ExitCode } from './exit-codes'
import { orInterrupted } from './interrupt'
import { readTextFile } from './scenario-argument'
import { openSession } from './session'

export const checkCommand: Command = {
  name: 'check',
  about: 'check a policy: syntax, banned constructs, types, parameters',
  details: 'Exit status 1 when there is an error or a type error. With --json: {ok, errors, warnings, name, params, hooks, compileMs}; warnings are type errors, which would not stop a run.',
  names: ['policy.ts'],
  options: {},
  run: check,
}

async function check({ args, json, output, interrupt }: CommandContext): Promise<ExitCode> {
  const [file] = args.positionals
  const source = await readTextFile(file)
  const session = await openSession(undefined)
  try {
    const result = await orInterrupted(interrupt, session.library.check(file, source))
    const ok = result.ok && result.warnings.length === 0
    if (json) await output.out(toJson({ ...result, ok }))
    else {
      for (const problem of result.errors) await output.out(line(file, 'error', problem))
      for (const problem of result.warnings) await output.out(line(file, 'type error', problem))
      if (ok) await output.out(`${file}: ${result.name ?? ''} is fine; hooks: ${result.hooks.join(', ') || 'none'}\n`)
    }
    return ok ? EXIT.ok : EXIT.no
  } finally {
    await session.close()
  }
}

/** As compilers write it, so that editors find the place. */
function line(file: string, kind: string, { line: at, column, message, path }: Problem): string {
  return `${at === undefined ? path || file : `${file}:${at}${column === undefined ? '' : `:${column}`}`}: ${kind}: ${message}\n`
}

/** Runs the CLI's front in this process with its output kept. */
import type { ExitCode } from '../../main/cli/exit-codes'
import type { Interrupt } from '../../main/cli/interrupt'
import { main } from '../../main/cli/main'
import type { Output } from '../../main/cli/output'

export interface Captured { readonly code: ExitCode; readonly out: string; readonly err: string }

export async function lab(...argv: readonly string[]): Promise<Captured> {
  let out = ''
  let err = ''
  const output: Output = {
    out: async (text) => { out += text }, err: async (text) => { err += text },
    errIsTerminal: false, errColumns: 80, closed: new AbortController().signal,
  }
  const interrupt: Interrupt = { signal: new AbortController().signal, code: () => undefined }
  const code = await main(argv, output, interrupt)
  return { code, out, err }
}

export function problemsOf(captured: Captured): readonly { readonly path: string; readonly message: string }[] {
  const parsed = JSON.parse(captured.out) as { readonly error: { readonly problems: readonly { readonly path: string; readonly message: string }[] } }
  return parsed.error.problems
}

/**
 * A policy on the command line: by name, or a file. One that can't be run is refused; for a file of the workspace, which keeps earlier texts, the message says which of them last could, and `--last-good` runs that one, as the
 * window does.
 */
import { join, relative, resolve } from 'node:path'
import type { PolicyRef, Problem } from '../../preload/contract'
import { timeOf } from '../lab/request'
import type { OptionSpecs } from './arguments'
import { ProblemError } from './problem-error'
import { isFileArgument, readTextFile } from './scenario-argument'
import type { Session } from './session'

export const LAST_GOOD_OPTION: OptionSpecs = {
  'last-good': { type: 'boolean', about: 'where a policy of the workspace can\'t be run as it is now, run its last text that can; the output says so' },
}

export async function choosePolicy(argument: string, session: Session): Promise<PolicyRef> {
  const ref: PolicyRef = isFileArgument(argument, '.ts') ? { kind: 'source', file: argument, text: await readTextFile(argument) } : { kind: 'name', name: argument }
  const file = await workspaceFile(argument, session)
  const text = ref.kind === 'source' ? ref.text : file === undefined ? undefined : await savedText(file, session)
  if (text === undefined) return ref
  const { errors } = await session.library.check(ref.kind === 'source' ? argument : file ?? argument, text)
  if (errors.length === 0) return ref
  const stoodIn = session.lastGood && file !== undefined ? await session.library.ofFile(file) : undefined
  if (stoodIn?.standIn !== undefined) return { kind: 'name', name: stoodIn.name }
  throw new ProblemError([...errors, ...await wayOut(argument, file, session)])
}

/** `policies/x.ts`, where that is what is named: by its path, or by its name. */
async function workspaceFile(argument: string, { store, workspace }: Session): Promise<string | undefined> {
  const path = isFileArgument(argument, '.ts') ? relative(join(workspace, 'policies'), resolve(argument)) : `${argument}.ts`
  const file = `policies/${path}`
  return (await store.files()).some((one) => one.file === file) ? file : undefined
}

async function savedText(file: string, { store }: Session): Promise<string | undefined> {
  const content = await store.read(file)
  return content.ok ? content.value.text : undefined
}

async function wayOut(argument: string, file: string | undefined, { library, workspace, lastGood }: Session): Promise<readonly Problem[]> {
  if (file === undefined) return lastGood ? [{ path: '--last-good', message: `is for policies of the workspace ${workspace}, which keeps their earlier texts; ${argument} is none` }] : []
  const good = await library.lastGood(file)
  if (good !== undefined) return [{ path: file, message: `its last text that can be run is of ${timeOf(good.atMs)} (${join('versions', file, good.id)}); lab run and lab compare run that one with --last-good` }]
  return lastGood ? [{ path: '--last-good', message: `${file} has no earlier text that can be run` }] : []
}

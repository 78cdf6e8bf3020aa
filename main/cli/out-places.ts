/** Where a command is to write, looked at before anything runs: a slip in a path must not cost an hour's runs. What goes wrong later all the same is said in the same words. */
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { plainReason } from '../store/workspace'
import type { Arguments } from './arguments'
import { refuse } from './problem-error'

/** A file that can be made or replaced; `-` is stdout. `option` is how the person named it: `--csv`, `<file.json>`. */
export function checkFile(option: string, path: string | undefined): void {
  if (path === undefined || path === '-') return
  const folder = dirname(resolve(path))
  if (!isFolder(folder)) refuse(option, `there is no folder ${folder}`)
  if (isFolder(path)) refuse(option, `${path} is a folder; a file is needed`)
  writable(option, existsSync(path) ? path : folder)
}

/** A folder that is there or can be made. */
export function checkFolder(option: string, path: string | undefined): void {
  if (path === undefined) return
  let there = resolve(path)
  while (!existsSync(there)) there = dirname(there)
  if (!isFolder(there)) refuse(option, `${there} is a file; a folder is needed`)
  writable(option, there)
}

/** The files that `run` and `compare` can write; `machines`: how many there are to choose from. */
export function checkOut(args: Arguments, machines = 1): void {
  for (const name of ['csv', 'report', 'bundle', 'series', 'trace']) checkFile(`--${name}`, args.text(name))
  checkFolder('--charts', args.text('charts'))
  args.whole('machine', 0, machines - 1, 0)
}

export async function writeTo(option: string, path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: unknown) => refuse(option, `${path} can't be written (${reason(error)})`))
}

export async function makeFolder(option: string, path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => refuse(option, `${path} can't be made (${reason(error)})`))
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

function writable(option: string, path: string): void {
  try {
    accessSync(path, constants.W_OK)
  } catch (error) {
    refuse(option, `${path} can't be written (${reason(error)})`)
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? plainReason(error) : String(error)
}

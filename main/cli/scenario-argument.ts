/** What a person names on the command line: a preset or a scenario file, and any text file. */
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import type { PresetInfo, Scenario } from '../../preload/contract'
import { isMissing } from '../store/atomic-file'
import type { Content, Kernel } from '../lab/parts'
import { holdsBundle } from '../lab/export/bundle'
import { suggestion } from '../lab/nearest'
import { refuse, unwrap } from './problem-error'
import { messageOf } from '../lab/problems'

export interface ChosenScenario {
  readonly scenario: Scenario
  /** Set when it is a preset, with its own base, policies and seeds. */
  readonly preset?: PresetInfo
}

/** `seed-000`, `my/scenario.json` or `-` for stdin. */
export async function chooseScenario(argument: string, content: Content, kernel: (preset?: PresetInfo) => Kernel): Promise<ChosenScenario> {
  const preset = content.presets.find((one) => one.id === argument)
  if (preset !== undefined) return { scenario: preset.scenario, preset }
  if (!isFileArgument(argument, '.json')) refuse('scenario', `there is no preset ${JSON.stringify(argument.slice(0, 80))}.${suggestion(argument, content.presets.map((one) => one.id))}`)
  const json = await readTextFile(argument)
  return { scenario: unwrap(content.parseScenarioText(json, kernel(), argument)) }
}

/** The text of a bundle, or of a report that holds one; nothing when the argument names something else. stdin is read once, by whoever reads a scenario. */
export async function bundleText(argument: string): Promise<string | undefined> {
  if (argument === '-' || !/\.(json|html?)$/.test(argument)) return undefined
  const file = await readTextFile(argument)
  if (holdsBundle(file)) return file
  return argument.endsWith('.json') ? undefined : refuse(argument, 'is a page without a bundle inside')
}


/** Text of a file, or of stdin for `-`, with failures in plain words. */
export async function readTextFile(path: string): Promise<string> {
  try {
    const bytes = path === '-' ? Buffer.from(await text(process.stdin)) : await readFile(path)
    if (bytes.includes(0)) return refuse(path, 'is not a text file')
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    return error instanceof Error && 'problems' in error ? rethrow(error) : refuse(path, reason(error))
  }
}

function rethrow(error: Error): never {
  throw error
}

function reason(error: unknown): string {
  if (isMissing(error)) return 'there is no such file'
  if (error instanceof TypeError) return 'is not UTF-8 text'
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const words: Readonly<Record<string, string>> = { EISDIR: 'is a folder', EACCES: 'may not be read', ENOTDIR: 'a part of the path is not a folder', ENAMETOOLONG: 'is too long for a file name', ERR_FS_FILE_TOO_LARGE: 'is too large' }
  return words[code] ?? `can't be read: ${messageOf(error)}`
}

export function isFileArgument(argument: string, extension: string): boolean {
  return argument === '-' || argument.endsWith(extension) || argument.includes('/') || argument.includes('\\')
}

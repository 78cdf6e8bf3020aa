/** Reads the command line of one command: options as declared, unknown ones with the nearest known, positionals counted. */
import { parseArgs } from 'node:util'
import { nearest } from '../lab/nearest'
import { refuse } from './problem-error'
import { messageOf } from '../lab/problems'

export interface OptionSpec {
  readonly type: 'string' | 'boolean'
  readonly multiple?: boolean
  readonly short?: string
  /** Shown in the help: `--seeds N`. */
  readonly value?: string
  readonly about: string
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>

export interface Arguments {
  readonly positionals: readonly string[]
  flag(name: string): boolean
  text(name: string): string | undefined
  texts(name: string): readonly string[]
  /** A whole number in the range; `fallback` when not given. */
  whole(name: string, min: number, max: number, fallback: number): number
}

export const COMMON: OptionSpecs = {
  json: { type: 'boolean', about: 'print JSON alone on stdout, also on errors' },
  help: { type: 'boolean', short: 'h', about: 'explain this command' },
}

export function readArguments(command: string, argv: readonly string[], specs: OptionSpecs, names: readonly string[], optionalNames: readonly string[] = []): Arguments {
  const all = { ...COMMON, ...specs }
  const { values, positionals } = parse(command, argv, all)
  if (positionals.length < names.length && values['help'] !== true) refuse(`<${names[positionals.length]}>`, `is missing: lab ${command} ${usage(names, optionalNames)}`)
  // A last name that ends in … stands for any number.
  const most = optionalNames.at(-1)?.endsWith('…') === true ? Infinity : names.length + optionalNames.length
  if (positionals.length > most) refuse(positionals[most], `is one too many: lab ${command} ${usage(names, optionalNames)}`.trimEnd())
  const list = (name: string): readonly string[] => {
    const value = values[name]
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : typeof value === 'string' ? [value] : []
  }
  return {
    positionals,
    flag: (name) => values[name] === true,
    text: (name) => list(name).at(-1),
    texts: list,
    whole: (name, min, max, fallback) => {
      const text = list(name).at(-1)
      return text === undefined ? fallback : wholeNumber(`--${name}`, text, min, max)
    },
  }
}

/** `key=value` pairs; the last of a key wins. */
export function readPairs(option: string, texts: readonly string[]): Readonly<Record<string, string>> {
  const pairs = texts.map((text): readonly [string, string] => {
    const at = text.indexOf('=')
    return at < 1 ? refuse(`--${option} ${text}`, 'must be name=value, as in --set vm.swappiness=10') : [text.slice(0, at).trim(), text.slice(at + 1).trim()]
  })
  return Object.fromEntries(pairs)
}

function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN
  return value >= min && value <= max ? value : refuse(option, `must be a whole number from ${min} to ${max}, not ${JSON.stringify(text.slice(0, 40))}`)
}

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>

function parse(command: string, argv: readonly string[], specs: OptionSpecs): { readonly values: Values; readonly positionals: readonly string[] } {
  const options = Object.fromEntries(Object.entries(specs).map(([name, { type, multiple = false, short }]) => [name, { type, multiple, ...(short === undefined ? {} : { short }) }]))
  try {
    return parseArgs({ args: joinNegatives(argv), options, allowPositionals: true, strict: true })
  } catch (error) {
    const lacking = /^Option '(?:-\w, )?--([\w-]+) <value>' argument missing/.exec(error instanceof Error ? error.message : '')?.[1]
    if (lacking !== undefined) refuse(`--${lacking}`, `needs a value: --${lacking} ${specs[lacking]?.value ?? 'VALUE'}`)
    return refuse(`lab ${command}`, plain(error, Object.keys(specs)))
  }
}

/** `--seeds -1` means that value, so that the answer names the range and not a dash. */
function joinNegatives(argv: readonly string[]): string[] {
  const joined: string[] = []
  for (const word of argv) {
    const before = joined.at(-1)
    if (/^-\d/.test(word) && before !== undefined && /^--[^=]+$/.test(before)) joined[joined.length - 1] = `${before}=${word}`
    else joined.push(word)
  }
  return joined
}

/** Node's words, shorter, with the option that was probably meant. */
function plain(error: unknown, known: readonly string[]): string {
  const message = messageOf(error)
  const unknown = /^Unknown option '(-+)([^']*)'/.exec(message)
  if (unknown === null) return message.split('. ')[0]
  const near = nearest(unknown[2], known)
  return `has no option ${unknown[1]}${unknown[2]}.${near === undefined ? ' Try lab help.' : ` Did you mean --${near}?`}`
}

function usage(names: readonly string[], optionalNames: readonly string[]): string {
  return [...names.map((name) => `<${name}>`), ...optionalNames.map((name) => `[${name}]`)].join(' ')
}

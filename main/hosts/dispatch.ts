/**
 * One request from a window to the lab, the same in both hosts: only names of the contract, only arguments of the declared kinds, and no error thrown across.
 */
import type { LabRequests } from '../../preload/contract'
import { REQUESTS, isRequestName, toFault } from '../../preload/requests'
import type { Answer, ArgumentKind } from '../../preload/requests'

export async function dispatch(lab: LabRequests, name: unknown, args: unknown): Promise<Answer> {
  if (!isRequestName(name)) return refuse(`The lab has no request ${shown(name)}.`)
  const problem = wrongArguments(REQUESTS[name], args)
  if (problem !== undefined) return refuse(`${name}: ${problem}`)
  try {
    const method = lab[name] as (...args: unknown[]) => Promise<unknown>
    return { ok: true, value: await method.apply(lab, args as unknown[]) }
  } catch (error) {
    return { ok: false, fault: toFault(error) }
  }
}

function refuse(message: string): Answer {
  return { ok: false, fault: { name: 'RefusedRequest', message } }
}

function wrongArguments(kinds: readonly ArgumentKind[], args: unknown): string | undefined {
  if (!Array.isArray(args)) return 'arguments are no list'
  if (args.length !== kinds.length) return `takes ${kinds.length} arguments, got ${args.length}`
  const wrong = kinds.findIndex((kind, i) => !isOfKind(args[i], kind))
  return wrong < 0 ? undefined : `argument ${wrong + 1} must be ${WORDS[kinds[wrong]]}, got ${shown(args[wrong])}`
}

const WORDS: Readonly<Record<ArgumentKind, string>> = { string: 'a text', number: 'a number', strings: 'a list of texts', object: 'an object' }

function isOfKind(value: unknown, kind: ArgumentKind): boolean {
  if (kind === 'strings') return Array.isArray(value) && value.every((item) => typeof item === 'string')
  if (kind === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === kind
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : Array.isArray(value) ? 'a list' : typeof value === 'object' ? String(value && 'an object') : String(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

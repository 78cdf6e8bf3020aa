/**
 * The rules inside the policy they became: a comment at its end, with a hash over everything else, so that the form opens them again and can tell whether the code was changed by
 * hand. The name is not among them: a fork or a rename changes it in the code, and that is no edit.
 */
import type { Result, RuleSet, RulesFound } from '../../../preload/contract'
import { parseRules } from './parse-rules'

const OPEN = '\n/* rules '
const CLOSE = '\n*/\n'

export function withBlock(code: string, { name: _name, ...rest }: RuleSet): string {
  // `*/` inside a text would end the comment; `\/` is the same in JSON.
  const json = JSON.stringify(rest).replaceAll('*/', '*\\/').replace(/[\u2028\u2029]/g, (char) => (char === '\u2028' ? '\\u2028' : '\\u2029'))
  return `${code}${OPEN}${hashOf(code, json)}\n${json}${CLOSE}`
}

export function rulesIn(text: string): Result<RulesFound> {
  const plain = text.replaceAll('\r\n', '\n')
  const at = plain.lastIndexOf(OPEN)
  const block = /^([0-9a-z]{11})\n([^\n]*)\n\*\/\n?/.exec(plain.slice(at + OPEN.length))
  if (at < 0 || block === null) return { ok: false, problems: [{ path: 'rules', message: 'there are no rules at the end of this policy: it was not made by the form' }] }
  const [whole, hash, json] = block
  const rest = plain.slice(0, at) + plain.slice(at + OPEN.length + whole.length)
  const read = readJson(json, nameIn(rest))
  return read.ok ? { ok: true, value: { rules: read.value, edited: hashOf(rest, json) !== hash } } : read
}

function readJson(json: string, name: string | undefined): Result<RuleSet> {
  try {
    return parseRules({ ...JSON.parse(json) as object, ...(name === undefined ? {} : { name }) })
  } catch {
    return { ok: false, problems: [{ path: 'rules', message: 'the rules at the end of this policy are not JSON any more' }] }
  }
}

const NAME = /^( {2}name: ')([a-z0-9-]+)(',)$/m

function nameIn(code: string): string | undefined {
  return NAME.exec(code)?.[2]
}

/** 53 bits tell an edit by hand from none; nobody is kept from forging them. */
function hashOf(code: string, json: string): string {
  let [low, high] = [0xdeadbeef, 0x41c6ce57]
  const text = `${code.replace(NAME, '$1$3').trimEnd()}\n${json}`
  for (let i = 0; i < text.length; i++) {
    low = Math.imul(low ^ text.charCodeAt(i), 2654435761)
    high = Math.imul(high ^ text.charCodeAt(i), 1597334677)
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  return (4294967296 * (2097151 & high) + (low >>> 0)).toString(36).padStart(11, '0')
}

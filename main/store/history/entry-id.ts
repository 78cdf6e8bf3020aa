/** Names of history entries: the time they began, sortable, and chance; safe as part of a file name and short enough to type. */
import { randomBytes } from 'node:crypto'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
/** Until the year 3058. */
const TIME_LENGTH = 7
const CHANCE_LENGTH = 5

export function newEntryId(nowMs = Date.now()): string {
  let rest = Math.floor(nowMs / 1000)
  let time = ''
  for (let i = 0; i < TIME_LENGTH; i++) {
    time = ALPHABET[rest % 32] + time
    rest = Math.floor(rest / 32)
  }
  return `${time}${[...randomBytes(CHANCE_LENGTH)].map((byte) => ALPHABET[byte % 32]).join('')}`
}

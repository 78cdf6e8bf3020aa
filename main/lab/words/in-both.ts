/** A text of the checks, the runner or the engine in both languages, where it goes into a sentence or a file that has both. */
import type { Text } from '../../../preload/contract'
import { teller } from '../../../preload/told'
import type { Tell } from '../../../preload/told'
import { CHINESE } from './chinese'

let made: Tell | undefined

export function inChinese(text: string): string {
  return (made ??= teller(CHINESE))(text)
}

export function inBoth(text: string): Text {
  return { en: text, zh: inChinese(text) }
}

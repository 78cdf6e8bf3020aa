/** A text in both languages. */
import type { Text } from '../../preload/contract'

export function say(en: string, zh: string): Text {
  return { en, zh }
}

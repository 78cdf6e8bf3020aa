/** The language of the words in a policy made from rules. They are made in English and put to words last, from the table that has them by the English. */
import type { RuleSet } from '../../../preload/contract'
import { teller } from '../../../preload/told'
import type { Tell } from '../../../preload/told'
import { RULES_ZH } from '../words/rules-zh'

let chinese: Tell | undefined

export function sayIn(language: RuleSet['language']): Tell {
  return language === 'zh' ? (chinese ??= teller(RULES_ZH)) : (text) => text
}

const COMMENT = /^(\s*)(?:\/\*\* (.*) \*\/|\/\/ (.*))$/

/** Lines of code with their comments in that language. */
export function commentsIn(language: RuleSet['language'], lines: readonly string[]): readonly string[] {
  const say = sayIn(language)
  return language === 'zh' ? lines.map((line) => line.replace(COMMENT, (_whole, indent: string, block: string | undefined, rest: string | undefined) => `${indent}${block === undefined ? `// ${say(rest ?? '')}` : `/** ${say(block)} */`}`)) : lines
}

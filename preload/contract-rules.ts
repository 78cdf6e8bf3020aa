/** Policies from rules, across the bridge: the catalogue that makes the form, what is given, the TypeScript that comes of it. */
import type { Problem, Result, Text } from './contract'

/** One thing that a rule's part lets a person say. Left out it has its default. */
export type RuleField = { readonly name: string; readonly label: Text } & (
  /** With `step` 1 a whole number. `fixed`: it does not become a parameter of the policy. */
  | { readonly kind: 'number'; readonly min: number; readonly max: number; readonly step?: number; readonly unit: string; readonly default: number; readonly fixed?: boolean }
  | { readonly kind: 'choice'; readonly choices: readonly { readonly value: string; readonly label: Text }[]; readonly default: string }
  /** `pattern` is a regular expression over the whole text; `what` says it in words. */
  | { readonly kind: 'text'; readonly pattern: string; readonly what: string; readonly default: string }
)

export interface RuleKind {
  readonly id: string
  readonly label: Text
  readonly about: Text
  readonly fields: readonly RuleField[]
  /** Of a condition: the actions it goes with; absent: all. */
  readonly only?: readonly string[]
}

export interface RulesCatalogue {
  readonly conditions: readonly RuleKind[]
  readonly actions: readonly RuleKind[]
  readonly scheme: readonly RuleField[]
  readonly watch: readonly RuleField[]
  readonly lookMs: RuleField
  readonly mostRules: number
  readonly mostConditions: number
  readonly mostSchemes: number
}

type Values = Readonly<Record<string, string | number>>

/** `if` and `do` name the kind; the rest are its fields. */
export interface RuleValue { readonly when: readonly Values[]; readonly then: Values }

/** A policy as rules, with all defaults filled in. */
export interface RuleSet {
  readonly format: 1
  readonly name: string
  readonly describe: string
  /** Of the words in the code; English when absent. */
  readonly language?: keyof Text
  /** How often conditions that need a look at the machine are looked at, ms of virtual time. */
  readonly lookMs: number
  readonly rules: readonly RuleValue[]
  /** How often, and how many of all pages, the schemes look at. */
  readonly watch: Values
  readonly schemes: readonly Values[]
}

export interface RulesCode {
  readonly rules: RuleSet
  /** The policy in TypeScript; the rules stand in it as a comment. */
  readonly text: string
  /** What is allowed but probably not meant, such as a rule that is never asked. */
  readonly notes: readonly Problem[]
}

/** The rules in a policy's text. `edited`: its code was changed by hand since the rules made it. */
export interface RulesFound { readonly rules: RuleSet; readonly edited: boolean }

export interface RulesRequests {
  /** Rules as typed; every problem names path, value and what is allowed. */
  writeRules(rules: object): Promise<Result<RulesCode>>
  readRules(text: string): Promise<Result<RulesFound>>
}

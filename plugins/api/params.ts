/**
 * Parameters a policy declares as data. The lab shows each as a slider or switch, the CLI takes it as
 * `--set <policy>.<param>=<value>`, and every value is checked against the declared range before a run.
 */

/** A number with a range. `unit` is shown beside the value: `pages`, `ms`, `%`, … */
export interface NumberParam {
  readonly kind: 'number'
  readonly default: number
  readonly min: number
  readonly max: number
  /** Slider step. Values that are not `min + n * step` are refused when `step` is an integer. */
  readonly step?: number
  readonly unit?: string
  readonly about: string
}

/** A switch. */
export interface BooleanParam {
  readonly kind: 'boolean'
  readonly default: boolean
  readonly about: string
}

/** One of a few words. */
export interface ChoiceParam {
  readonly kind: 'choice'
  readonly default: string
  readonly choices: readonly string[]
  readonly about: string
}

export type ParamSpec = NumberParam | BooleanParam | ChoiceParam
export type ParamSpecs = Readonly<Record<string, ParamSpec>>

/** The values a hook sees in `k.params`, typed from the declaration. */
export type ParamValues<P extends ParamSpecs> = {
  readonly [K in keyof P]: P[K] extends NumberParam ? number : P[K] extends BooleanParam ? boolean : string
}

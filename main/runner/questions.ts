/** Answers what a runner is asked besides recordings, by making the runs that it takes. */
import { DifferenceExplainer, DifferenceFinder, Traveller, metricsOf, type PairInput, type Progress, type RunInput, type ScriptedEjection } from '../engine'
import { FIRST_BUDGET, nextBudget } from './budget'
import type { Answer, Question, TravelQuestion } from './protocol'
import { runInputOf, type LoadedRun } from './run-input-of'
import type { WorkerState } from './shared-state'

const PROGRESS_MS = 100

/** A policy filled the stack: the question is asked again with this ejection. */
export class Overflowed extends Error {
  readonly ejection: ScriptedEjection
  constructor(ejection: ScriptedEjection) {
    super(ejection.message)
    this.ejection = ejection
  }
}

/** Undefined when it was cancelled. */
export function answerQuestion(question: Question, state: WorkerState, tell: (progress: Progress) => void): Answer | undefined {
  if (question.kind === 'travel') return travel(question, state, tell)
  const { pair, overflowed } = pairOf(question, state)
  switch (question.kind) {
    case 'differences': {
      const finder = new DifferenceFinder(pair, question.most)
      return drive(finder, state, tell, overflowed) ? { kind: 'differences', value: finder.result() } : undefined
    }
    case 'difference': {
      const explainer = new DifferenceExplainer(pair, question.difference)
      if (!drive(explainer, state, tell, overflowed)) return undefined
      const { a, b } = explainer.recordings()
      return { kind: 'difference', value: { explanation: explainer.result(), digests: { a: a.digest, b: b.digest }, metrics: { a: metricsOf(a.summary), b: metricsOf(b.summary) } } }
    }
  }
}

/** The run that this process stands in. */
interface Journey { readonly key: string; readonly traveller: Traveller; overflowed(): ScriptedEjection | undefined }
let journey: Journey | undefined

/** A question that was cancelled leaves the traveller as good as before; one that failed doesn't. */
function travel(question: TravelQuestion, state: WorkerState, tell: (progress: Progress) => void): Answer | undefined {
  const key = `${question.job.run} ${question.scriptedEjections.length}`
  const { traveller, overflowed } = journey?.key === key ? journey : embark(question, key, state)
  const before = traveller.remade
  if (question.seek === undefined) traveller.prepare()
  else traveller.seek(question.seek)
  try {
    if (!drive(traveller, state, tell, overflowed)) return undefined
  } catch (error) {
    journey = undefined
    throw error
  }
  const [look, digest] = [traveller.answer(), traveller.digest()]
  return { kind: 'travel', value: { ...(look === undefined ? {} : { look }), remade: traveller.remade - before, ...(digest === undefined ? {} : { digest }) } }
}

function embark({ job, scriptedEjections, cautious }: TravelQuestion, key: string, state: WorkerState): Journey {
  const loaded: LoadedRun[] = []
  const input = (): RunInput => {
    const one = runInputOf({ ...job, scriptedEjections: [...job.scriptedEjections, ...scriptedEjections] }, state, 0, cautious === true)
    loaded.push(one)
    return one.input
  }
  // Only one of the run's makings goes at a time, so whoever filled the stack was called last.
  journey = { key, traveller: new Traveller(input, () => performance.now()), overflowed: () => job.policies.length === 0 ? undefined : firstOf(loaded, (one) => one.overflowed()) }
  return journey
}

function firstOf<T, U>(all: readonly T[], pick: (one: T) => U | undefined): U | undefined {
  for (const one of all) {
    const found = pick(one)
    if (found !== undefined) return found
  }
  return undefined
}

/** Both runs of a pair; ejections by force are dealt to the one whose policy they hit. */
function pairOf({ a, b, scriptedEjections, cautious }: Exclude<Question, TravelQuestion>, state: WorkerState): { readonly pair: PairInput; overflowed(): ScriptedEjection | undefined } {
  const first = a.policies.length
  const inA = scriptedEjections.filter(({ policy }) => policy < first)
  const inB = scriptedEjections.filter(({ policy }) => policy >= first).map((one) => ({ ...one, policy: one.policy - first }))
  const left = runInputOf({ ...a, scriptedEjections: [...a.scriptedEjections, ...inA] }, state, 0, cautious === true)
  const right = runInputOf({ ...b, scriptedEjections: [...b.scriptedEjections, ...inB] }, state, first, cautious === true)
  return { pair: { a: left.input, b: right.input }, overflowed: () => left.overflowed() ?? right.overflowed() }
}

interface Steps {
  step(budget: number): boolean
  fraction(): number
}

/** Steps until it is through; false when a cancel was heard first. */
function drive(work: Steps, state: WorkerState, tell: (progress: Progress) => void, overflowed: () => ScriptedEjection | undefined): boolean {
  let budget = FIRST_BUDGET
  let told = performance.now()
  for (;;) {
    state.beat()
    if (state.cancelAsked()) {
      state.cancelHeard()
      return false
    }
    const before = performance.now()
    const more = work.step(budget)
    const full = overflowed()
    if (full !== undefined) throw new Overflowed(full)
    if (!more) return true
    const now = performance.now()
    budget = nextBudget(budget, now - before)
    if (now - told < PROGRESS_MS) continue
    told = now
    tell({ now: 0, fraction: Math.min(0.999, work.fraction()), touches: 0 })
  }
}

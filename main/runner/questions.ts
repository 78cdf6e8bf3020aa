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
let journey: { readonly key: string; readonly traveller: Traveller; overflowed(): ScriptedEjection | undefined } | undefined

function travel(question: TravelQuestion, state: WorkerState, tell: (progress: Progress) => void): Answer | undefined {
  const { job, seek, scriptedEjections } = question
  const key = `${job.run} ${scriptedEjections.length}`
  if (journey?.key !== key) {
    const loaded: { last?: LoadedRun } = {}
    const input = (): RunInput => (loaded.last = runInputOf({ ...job, scriptedEjections: [...job.scriptedEjections, ...scriptedEjections] }, state, 0, question.cautious === true)).input
    journey = { key, traveller: new Traveller(input), overflowed: () => loaded.last?.overflowed() }
  }
  const { traveller } = journey
  const before = traveller.remade
  traveller.seek(seek)
  if (!drive(traveller, state, tell, journey.overflowed)) {
    // Stopped on its way: where it stands is no answer to anything.
    journey = undefined
    return undefined
  }
  const look = traveller.answer()
  return { kind: 'travel', value: { ...(look === undefined ? {} : { look }), remade: traveller.remade - before } }
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
export function drive(work: Steps, state: WorkerState, tell: (progress: Progress) => void, overflowed: () => ScriptedEjection | undefined): boolean {
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

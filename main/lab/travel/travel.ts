/** Travel through a run: asks the runner that keeps it, and says in words what the instant is. */
import type { LabRequests, Result, Text, TravelCheck, TravelView } from '../../../preload/contract'
import { ENGINE_VERSION, type Look, type Recording } from '../../engine'
import type { RunJob, Travelled } from '../../runner/protocol'
import { explainEvent } from '../explain/event'
import { answerText, asks } from '../diverge/hook-words'
import { jobOf, type Experiment, type LabRun } from '../experiment'
import type { Runs } from '../parts'
import { done, fail } from '../problems'
import { unanswered, type Remakings } from '../remaking'
import { checkNames } from './check-names'
import { readSeek } from './read-seek'

interface Recorded { readonly experiment: Experiment; readonly run: LabRun; readonly recording: Recording }

export function travelRequests(runs: Runs, remakings: Remakings, recorded: (run: string) => Promise<Result<Recorded>>, onCheck: (check: TravelCheck) => void): Pick<LabRequests, 'travel'> {
  return {
    travel: async (run, query) => {
      const found = await recorded(run)
      if (!found.ok) return found
      const { recording, experiment } = found.value
      if (recording.engine !== ENGINE_VERSION) return fail('run', `was made by version ${recording.engine} of the engine and can't be made again by version ${ENGINE_VERSION}`)
      // A cancelled run has no end to compare.
      const digest = found.value.run.state === 'done' ? recording.digest : undefined
      const check = (travelled: Travelled): TravelCheck | undefined => checkOf(run, digest, travelled)
      try {
        return await travel(jobOf(found.value.run, experiment.prepared), query, runs, remakings, check, onCheck)
      } catch (error) {
        return unanswered(error)
      }
    },
  }
}

/** `check`: whether what was travelled is what was recorded; `onCheck` is told when it turns out later. */
export async function travel(job: RunJob, query: unknown, runs: Runs, remakings: Remakings, check: (travelled: Travelled) => TravelCheck | undefined = () => undefined, onCheck: (check: TravelCheck) => void = () => undefined): Promise<Result<TravelView>> {
  const seek = readSeek(query)
  if (!seek.ok) return seek
  const names = seek.value.to === 'until' ? checkNames(seek.value.condition, job.scenario) : done(undefined)
  if (!names.ok) return names
  const ready = (travelled: Travelled): void => {
    const known = check(travelled)
    if (known !== undefined) onCheck(known)
  }
  const travelled = await remakings.conduct('travel', [job.run], (onProgress) => runs.travel({ kind: 'travel', run: `${job.run}~travel`, job, seek: seek.value, scriptedEjections: [] }, onProgress, ready))
  const known = check(travelled)
  return done({ ...viewOf(travelled), ...(known === undefined ? {} : { check: known }) })
}

/** Where a look was taken, as the next question starts there. The same in the window. */
export function placeOf({ n, turn, what }: Look): { readonly from: number; readonly turn: number } {
  const between = what.kind === 'time' || what.kind === 'touch' || what.kind === 'metric' || what.kind === 'end'
  return { from: between ? n + 0.5 : n, turn }
}

export function viewOf({ look, remade }: Travelled): TravelView {
  return look === undefined ? { remade } : { look, text: lookText(look), remade }
}

/** Undefined while it isn't known. */
export function checkOf(run: string, recorded: string | undefined, { digest }: Travelled): TravelCheck | undefined {
  if (digest === undefined || recorded === undefined) return undefined
  const same = digest === recorded
  return {
    run, same, text: same
      ? { en: `Made again to its end, the run has the digest of the recording, ${digest}.`, zh: `重新运行到结束，摘要与记录一致：${digest}。` }
      : { en: `This is not the run that was recorded: made again it ends with digest ${digest}, the recording has ${recorded}. The lab's kernel or a policy it compiles has changed since; run it again to travel through what it does now.`,
          zh: `这不是当时记录的运行：重新运行后的摘要是 ${digest}，记录的是 ${recorded}。工具的内核或其编译的策略此后有变化；请重新运行，再穿行于它现在的行为。` },
  }
}

function lookText({ what }: Look): Text {
  switch (what.kind) {
    case 'event':
      return explainEvent(what.event)
    case 'kswapd':
      return { en: `${what.task} has gone once over its node.`, zh: `${what.task} 在其节点上完成了一趟回收。` }
    case 'direct':
      return { en: `${what.task} has ended a direct reclaim.`, zh: `${what.task} 结束了一次直接回收。` }
    case 'hook': {
      const about = asks(what.hook as never)
      const answer = answerText(what.hook as never, what)
      return { en: `${what.task} asked ${what.hook}${about === undefined ? '' : ` (${about.en})`}; the answer: ${answer.en}.`, zh: `${what.task} 询问 ${what.hook}${about === undefined ? '' : `（${about.zh}）`}；回答：${answer.zh}。` }
    }
    case 'metric':
      return { en: 'The condition has come true.', zh: '条件成立。' }
    case 'touch':
      return { en: 'The task is at this touch.', zh: '任务到达此次访问。' }
    case 'end':
      return { en: 'The run is over.', zh: '运行已结束。' }
    case 'time':
      return { en: 'The machine at this time.', zh: '此刻的机器。' }
  }
}

/** Travel through a run: asks the runner that keeps it, and says in words what the instant is. */
import type { LabRequests, Result, Text, TravelView } from '../../../preload/contract'
import { ENGINE_VERSION, type Look, type Recording } from '../../engine'
import type { RunJob, Travelled } from '../../runner/protocol'
import { explainEvent } from '../explain/event'
import { answerText, asks } from '../diverge/hook-words'
import { jobOf, type Experiment, type LabRun } from '../experiment'
import type { Runs } from '../parts'
import { done, fail, messageOf } from '../problems'
import { readSeek } from './read-seek'

interface Recorded { readonly experiment: Experiment; readonly run: LabRun; readonly recording: Recording }

export function travelRequests(runs: Runs, recorded: (run: string) => Promise<Result<Recorded>>): Pick<LabRequests, 'travel'> {
  return {
    travel: async (run, query) => {
      const found = await recorded(run)
      if (!found.ok) return found
      const { recording, experiment } = found.value
      if (recording.engine !== ENGINE_VERSION) return fail('run', `was made by version ${recording.engine} of the engine and can't be made again by version ${ENGINE_VERSION}`)
      try {
        return await travel(jobOf(found.value.run, experiment.prepared), query, runs)
      } catch (error) {
        return fail('run', `the lab could not do this: ${messageOf(error)}`)
      }
    },
  }
}

export async function travel(job: RunJob, query: unknown, runs: Runs): Promise<Result<TravelView>> {
  const seek = readSeek(query)
  if (!seek.ok) return seek
  const travelled = await runs.travel({ kind: 'travel', run: `${job.run}~travel`, job, seek: seek.value, scriptedEjections: [] }, () => undefined).done
  return done(viewOf(travelled))
}

export function viewOf({ look, remade }: Travelled): TravelView {
  return look === undefined ? { remade } : { look, text: lookText(look), remade }
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
      const answer = answerText(what.hook as never, what.answer)
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

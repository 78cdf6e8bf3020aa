/** Details and events of finished runs, loaded when something on screen needs them. */
import type { RunDetail, RunEvent } from '../../preload/contract'
import { createResource } from '../app/resource'
import type { Loaded } from '../app/resource'
import { lab } from '../app/lab-client'

const EVENT_LIMIT = 4000
const details = createResource<RunDetail>((run) => lab.run(run), 64)
const events = createResource<readonly RunEvent[]>((run) => lab.events({ run, t0: 0, t1: Number.MAX_SAFE_INTEGER, max: EVENT_LIMIT }), 16)

export function useRunDetail(run: string | undefined): Loaded<RunDetail> | undefined {
  return details.use(run)
}

export function useRunEvents(run: string | undefined): Loaded<readonly RunEvent[]> | undefined {
  return events.use(run)
}

/** One page's life in a run: the run is made again with the page followed, which changes nothing in it. A page that is still to be found takes one run more. */
import type { FollowSpec, PageLife, Recording } from '../../engine'
import type { PageLifeView } from '../../../preload/contract'
import type { RunJob } from '../../runner/protocol'
import type { Runs } from '../parts'
import { showPage } from './page-query'
import { pageSentence } from './page-sentence'

export interface Followed {
  readonly life: PageLife
  /** Of the run made again; the same as the run's own, or it was another run. Absent when no page was found. */
  readonly digest?: string
}

/** Rejects with a message for people when the run could not be made again. */
export async function followPage(job: RunJob, spec: FollowSpec, runs: Runs): Promise<Followed> {
  if (spec.page.kind !== 'next-evicted') return whole(await again(job, spec, runs))
  const { page } = (await again(job, spec, runs)).pageLife ?? {}
  if (page === undefined) return { life: { events: [], dropped: 0 } }
  // From its beginning: how it came to be evicted is what one wants to know.
  return whole(await again(job, { page }, runs))
}

export function lifeView({ life }: Followed): PageLifeView {
  return {
    ...(life.page === undefined ? {} : { page: showPage(life.page) }),
    events: life.events.map((event) => ({ ...event, text: pageSentence(event) })), dropped: life.dropped,
  }
}

function again(job: RunJob, follow: FollowSpec, runs: Runs): Promise<Recording> {
  return runs.start({ ...job, run: `${job.run}~page`, follow }, () => undefined).done
}

function whole({ pageLife, digest }: Recording): Followed {
  if (pageLife === undefined) throw new Error('the run did not follow the page')
  return { life: pageLife, digest }
}

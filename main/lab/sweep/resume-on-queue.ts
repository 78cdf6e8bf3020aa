/** A sweep of the history whose missing runs workers make: what they have made meanwhile is taken in, the rest is put back on the queue. */
import type { Result } from '../../../preload/contract'
import { queueSweep } from '../../queue/queue'
import type { QueueAddress } from '../../queue/address'
import type { History } from '../../store/history/history'
import { noEntry, resumeRefused } from '../history/requests'
import { readSpec } from '../history/spec'
import { openedSweep } from '../history/sweep-keeping'
import { fail } from '../problems'
import type { Sweep } from './collect'
import type { Sweeps } from './sweeps'

export async function resumeOnQueue(history: History, id: string, address: QueueAddress, sweeps: Sweeps): Promise<Result<Sweep>> {
  const found = await history.entry(id)
  if (found === undefined) return noEntry(id)
  const refused = resumeRefused(found.entry)
  if (refused !== undefined) return refused
  const spec = readSpec(found)
  if (spec?.kind !== 'sweep') return fail('entry', 'is no sweep that is whole: only the runs of sweeps go on a queue')
  return sweeps.queue(spec.prepared, (live, options) => queueSweep(live, address, spec.prepared, options), { found: openedSweep(found, spec.prepared) })
}

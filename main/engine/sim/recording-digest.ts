/** The digest over what happened in a run: its series, events, snapshots and totals. A recording that came from elsewhere can be checked against the digest it names. */
import { Digest } from '../core/digest'
import type { Recording } from './recording'

/** Series that the lab measures of a run and that are no state of the machine: no part of the digest. */
const MEASURED = 'stall.'

export function recordingDigest({ series, events, summary, snapshots }: Pick<Recording, 'series' | 'events' | 'summary' | 'snapshots'>): string {
  const digest = new Digest()
  digest.update(series.times)
  series.columns.forEach((column, i) => {
    if (!series.ids[i].startsWith(MEASURED)) digest.update(column)
  })
  for (const event of events) if (!event.kind.startsWith('policy_')) digest.update(`${event.t} ${event.kind} ${event.task} ${event.duration} ${JSON.stringify(event.args)}`)
  digest.update(JSON.stringify([summary.durationNs, summary.end, summary.delta, summary.tasks, summary.directReclaim, summary.marks, snapshots]))
  if (summary.memcgs !== undefined) digest.update(JSON.stringify(summary.memcgs))
  return digest.hex()
}

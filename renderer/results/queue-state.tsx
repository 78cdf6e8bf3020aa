/** How the queue of a sweep stands: what waits, who works, and whatever is wrong, in plain words. */
import type { ReactNode } from 'react'
import type { QueueStatus } from '../../preload/contract'
import { told } from '../app/description'
import { useMessages } from '../i18n'

export function QueueState({ queue, running }: { readonly queue: QueueStatus; readonly running: boolean }): ReactNode {
  const m = useMessages()
  const { address, sweep, engine, connected, message, waiting, workers, alarms, missing, unkept } = queue
  const fit = workers.filter((worker) => worker.engine === engine && worker.state !== 'gone')
  const others = workers.filter((worker) => worker.engine !== engine && worker.state !== 'gone')
  const held = workers.filter((worker) => worker.state === 'held')
  return (
    <div className="queue-state small" data-testid="queue-state">
      <p className="muted"><code>{address}</code> · <code>{sweep}</code>{running && ` · ${m.queueNow(waiting, queue.running, fit.length)}`}</p>
      {running && !connected && <p className="bad">{m.queueAway} {told(message ?? '')}</p>}
      {running && connected && message !== undefined && <p className="bad">{m.queueRefuses} {told(message)}</p>}
      {running && connected && fit.length === 0 && waiting > 0 && <p className="bad">{others.length > 0 ? m.queueOtherEngines(engine, others.map(({ name, engine: own }) => `${name} (${own})`).join(m.listComma)) : m.queueNoWorker}</p>}
      {held.length > 0 && <p className="bad">{m.queueHeld(held.map(({ name }) => name).join(m.listComma))}</p>}
      {unkept !== undefined && <p className="muted">{m.keeping.unkept} {told(unkept)}</p>}
      {missing > 0 && <p className="bad">{m.queueMissing(missing)}</p>}
      {alarms.map(({ run, digests, by }) => <p key={run} className="bad" role="alert">{m.queueAlarm(run.slice(0, 12), `${digests[0]} (${by[0]})`, `${digests[1]} (${by[1]})`)}</p>)}
    </div>
  )
}

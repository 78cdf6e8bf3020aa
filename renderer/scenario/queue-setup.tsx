/** A sweep on a queue: where it is, what is on it, and what can be watched. */
import type { ReactNode } from 'react'
import type { QueueOverview } from '../../preload/contract'
import { useStore } from '../app/store'
import { useMessages, useText } from '../i18n'
import { startSweep, watchQueued } from '../results/sweep-store'
import { Button } from '../ui/controls'
import { Problems } from '../ui/problems'
import { OpenFiles } from './open-files'
import { hasTls, lookAtQueue, queueForm, setQueue, setQueueFile, type QueueFile, type QueueForm } from './queue-form'
import { setup } from './setup-store'

export function QueueSetup(): ReactNode {
  const m = useMessages()
  const form = useStore(queueForm)
  const { url, username, password, overview, refused } = form
  const { sweep } = useStore(setup)
  const none = url.trim() === ''
  return (
    <details className="queue-setup">
      <summary>{m.onQueue}</summary>
      <p className="muted small">{m.queueHint}</p>
      <input aria-label={m.queueAddress} placeholder="redis://host:6379/0" spellCheck={false} autoComplete="off" value={url} onChange={(event) => setQueue({ url: event.target.value })} />
      <input aria-label={m.queueUser} placeholder={m.queueUser} spellCheck={false} autoComplete="off" value={username} onChange={(event) => setQueue({ username: event.target.value })} />
      <input type="password" aria-label={m.queuePassword} placeholder={m.queuePassword} autoComplete="off" value={password} onChange={(event) => setQueue({ password: event.target.value })} />
      {hasTls(form) && <Tls form={form} />}
      <div className="row">
        <Button onClick={() => startSweep(true)} disabled={none || sweep.trim() === ''}>{m.runOnQueue}</Button>
        <Button tone="quiet" onClick={lookAtQueue} disabled={none}>{m.lookAtQueue}</Button>
      </div>
      <Problems problems={refused} title={m.queueRefused} />
      {overview && <Overview overview={overview} />}
    </details>
  )
}

const FILES: readonly QueueFile[] = ['ca', 'cert', 'key']

/** Who signs the server's certificate, what this side shows, and whose name is looked for. */
function Tls({ form: { servername, files } }: { readonly form: QueueForm }): ReactNode {
  const m = useMessages()
  return (
    <div className="queue-tls">
      {FILES.map((which) => {
        const file = files[which]
        return (
          <div key={which} className="row">
            <OpenFiles label={m.queueFiles[which]} onFiles={([one]) => setQueueFile(which, one)} />
            {file && <><code>{file.name}</code> <Button tone="quiet" aria-label={m.queueFileGone(file.name)} onClick={() => setQueueFile(which, undefined)}>✕</Button></>}
          </div>
        )
      })}
      <input aria-label={m.queueServerName} placeholder={m.queueServerName} spellCheck={false} autoComplete="off" value={servername} onChange={(event) => setQueue({ servername: event.target.value })} />
      <p className="muted small">{m.queueTlsHint}</p>
    </div>
  )
}

function Overview({ overview: { sweeps, workers, queues } }: { readonly overview: QueueOverview }): ReactNode {
  const m = useMessages()
  const say = useText()
  return (
    <>
      {queues.map(({ engine, waiting, running, alarms }) => (
        <p key={engine} className="small">{m.queueCounts(engine, waiting, running)}{alarms > 0 && <span className="bad"> {m.queueAlarms(alarms)}</span>}</p>
      ))}
      <ul className="queue-list" aria-label={m.queueSweeps}>
        {sweeps.map(({ id, title, engine, runs, ended, cancelled }) => (
          <li key={id}>
            <span><b>{say(title)}</b> <code>{id}</code> <span className="muted">{m.sweepProgress(ended, runs)} · {m.engineVersion(engine)}{cancelled ? ` · ${m.experimentStates.cancelled}` : ''}</span></span>
            <Button tone="quiet" onClick={() => watchQueued(id)}>{m.watchSweep}</Button>
          </li>
        ))}
        {sweeps.length === 0 && <li className="muted">{m.noQueuedSweeps}</li>}
      </ul>
      <ul className="queue-list" aria-label={m.queueWorkers}>
        {workers.map(({ name, engine, state, running, parallel, made, secondsAgo }) => (
          <li key={name}><span><code>{name}</code> <span className={state === 'gone' || state === 'held' || state === 'refuses' ? 'bad' : 'muted'}>{m.workerStates[state]}</span> <span className="muted">{m.workerDoes(running, parallel, made, secondsAgo)} · {m.engineVersion(engine)}</span></span></li>
        ))}
        {workers.length === 0 && <li className="muted">{m.noWorkers}</li>}
      </ul>
    </>
  )
}

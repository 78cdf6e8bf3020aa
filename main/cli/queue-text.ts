/** How a queue stands, in a line. */
import type { QueueStatus } from '../../preload/contract'

/** After the count of runs. */
export function queueLine(queue: QueueStatus): string {
  const fit = queue.workers.filter(({ engine, state }) => engine === queue.engine && state !== 'gone')
  return `; ${queue.waiting} wait, ${queue.running} running, ${fit.length} ${fit.length === 1 ? 'worker' : 'workers'}`
}

/** What somebody should know; undefined when all is well. */
export function troubleOf({ address, engine: own, connected, message, missing, workers, waiting, alarms }: QueueStatus): string | undefined {
  if (!connected) return `no connection to ${address}${message === undefined ? '' : ` (${message})`}; trying again`
  if (message !== undefined) return `the queue refuses: ${message}; trying again`
  if (alarms.length > 0) return alarmText(alarms[0]).trimEnd()
  if (missing > 0) return `${missing} runs are neither done nor on the queue: it has lost them; the command that started the sweep puts them back`
  const held = workers.filter(({ state }) => state === 'held')
  if (held.length > 0) return `${held.map(({ name }) => name).join(', ')}: the server doesn't take results now; they are held`
  const others = workers.filter(({ engine, state }) => engine !== own && state !== 'gone')
  const fit = workers.some(({ engine, state }) => engine === own && state !== 'gone')
  if (waiting === 0 || fit) return undefined
  return others.length > 0 ? `no worker of engine ${own} is there; ${others.map(({ name, engine }) => `${name} (${engine})`).join(', ')} refuse these runs` : 'no worker is there: lab worker --queue … makes the runs'
}

export function alarmText({ run, digests, by }: QueueStatus['alarms'][number]): string {
  return `! ALARM: run ${run.slice(0, 12)} has digest ${digests[0]} (${by[0]}) and ${digests[1]} (${by[1]}): determinism is broken somewhere; it is left out\n`
}

/** Connections of a test to its own server. */
import { readAddress, type QueueAddress } from '../../main/queue/address'
import { openLink, reached, type QueueLink } from '../../main/queue/link'
import { value } from '../lab/history/labs'

export function addressOf(port: number): QueueAddress {
  return value(readAddress({ url: `redis://127.0.0.1:${port}` }, 'queue'))
}

/** Connected; `open`: what the test closes at its end. */
export async function linkTo(at: QueueAddress, open: (() => Promise<void>)[]): Promise<QueueLink> {
  const one = await openLink(at)
  await reached(one, 5_000)
  open.push(() => one.close())
  return one
}

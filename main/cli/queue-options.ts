/** The options that say which queue, and what is made of them: for every command that speaks to one. */
import { addressFrom, ENVIRONMENT, isExposed, type QueueAddress } from '../queue/address'
import type { Arguments, OptionSpecs } from './arguments'
import type { Output } from './output'
import { unwrap } from './problem-error'

export const QUEUE_OPTIONS: OptionSpecs = {
  queue: { type: 'string', value: 'URL', about: `the queue: redis://host:6379/0, or rediss:// with TLS; user and password come from ${ENVIRONMENT.username} and ${ENVIRONMENT.password}` },
  'tls-ca': { type: 'string', value: 'FILE', about: 'certificates (PEM) that sign the server\'s, where the system doesn\'t know them' },
  'tls-cert': { type: 'string', value: 'FILE', about: 'own certificate, where the server asks for one' },
  'tls-key': { type: 'string', value: 'FILE', about: 'its key' },
  'tls-name': { type: 'string', value: 'HOST', about: 'the name in the server\'s certificate, where it isn\'t the host\'s' },
}

/** Was a queue asked for? The environment alone doesn't turn a sweep into a queued one. */
export function queueAddress(args: Arguments): QueueAddress {
  const given = { url: args.text('queue'), ca: args.text('tls-ca'), cert: args.text('tls-cert'), key: args.text('tls-key'), servername: args.text('tls-name') }
  return unwrap(addressFrom(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)), process.env))
}

export async function warnOfExposure(address: QueueAddress, output: Output): Promise<void> {
  if (isExposed(address)) await output.err('! The password goes to the queue unencrypted; rediss:// would encrypt it.\n')
}

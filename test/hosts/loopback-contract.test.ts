import { once } from 'node:events'
import { decode, encode } from '../../preload/wire'
import type { ClientMessage } from '../../preload/wire'
import { contractSuite } from './contract-suite'
import { connect, openSocket, secretFor, serve } from './loopback-client'

contractSuite('loopback, over a real socket', async (lab) => {
  const server = await serve({ lab })
  const secret = await secretFor(server.freshAddress())
  const client = connect(server, secret)
  return {
    api: client.api,
    async rawFault(name, args) {
      const socket = openSocket(server, secret)
      await once(socket, 'open')
      socket.send(encode({ type: 'request', id: 1, name, args } as ClientMessage))
      const [data] = (await once(socket, 'message')) as [Buffer]
      socket.close()
      return (decode(data) as { readonly fault: { readonly message: string } }).fault.message
    },
    async close() {
      client.close()
      await server.close()
    },
  }
})

// Gives a plain Node process what Electron gives a utility process: `process.parentPort`, and no `process.send`.
const send = process.send.bind(process)
process.parentPort = {
  postMessage: (message) => { send(message) },
  on: (event, listener) => { if (event === 'message') process.on('message', (data) => listener({ data })) },
}
delete process.send
process.send = undefined

/** The bridge of the loopback host: a script of the page that puts the lab's api on `window.lab` before the window's own code runs. */
import { connectLab } from './socket-client'
import { NoSession, forgetSession, sessionSecret, takeCode } from './session'
import type { Page } from './session'
import { PROTOCOL, SECRET_PREFIX } from './wire'

const page: Page = { location, history, sessionStorage, fetch: (url, init) => fetch(url, init) }
const secret = sessionSecret(page, takeCode(page))
secret.catch(tellNoSession)

let everOpen = false
const client = connectLab({
  async open() {
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/lab`, [PROTOCOL, SECRET_PREFIX + (await secret)])
    // A kept secret of an earlier lab is refused before it ever opens; the page then needs a new code, not another attempt.
    socket.addEventListener('close', () => { if (!everOpen) void giveUp() })
    socket.addEventListener('open', () => { everOpen = true })
    return socket
  },
  onState: (connected) => window.dispatchEvent(new CustomEvent('lab-connection', { detail: { connected } })),
})

Object.defineProperty(window, 'lab', { value: Object.freeze(client.api), enumerable: true })

/** There is no use in further attempts. Asking without a code makes the lab print a fresh address. */
async function giveUp(): Promise<void> {
  client.close()
  forgetSession(page)
  await sessionSecret(page, undefined).catch(tellNoSession)
}

function tellNoSession(error: unknown): void {
  const text = error instanceof NoSession ? NO_SESSION : { en: String(error), zh: String(error) }
  const note = document.createElement('div')
  note.setAttribute('role', 'alert')
  note.id = 'lab-no-session'
  note.lang = navigator.language.startsWith('zh') ? 'zh' : 'en'
  note.textContent = note.lang === 'zh' ? text.zh : text.en
  Object.assign(note.style, { position: 'fixed', inset: '0', zIndex: '9999', display: 'grid', placeItems: 'center', padding: '2rem', font: '1rem/1.5 system-ui, sans-serif', background: 'Canvas', color: 'CanvasText' })
  document.body.append(note)
}

const NO_SESSION = {
  en: 'This address was already used or has run out. The terminal in which the lab was started shows a new one.',
  zh: '此地址已被使用或已过期。启动实验室的终端里会显示新的地址。',
}

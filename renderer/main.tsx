/** Entry of the window: asks the lab what it is, then draws. Whatever fails here is shown, never a blank page. */
import { createRoot } from 'react-dom/client'
import './ui/base.css'
import './ui/layout.css'
import './ui/parts.css'
import './ui/form.css'
import './ui/rules.css'
import './ui/comfort.css'
import './reference/reference.css'
import { App } from './app/app'
import { Crash, Fatal } from './app/fatal'
import { loadDescription } from './app/description'
import { busy } from './app/idle'
import { hasBridge } from './app/lab-client'
import { loadSettings, setting } from './app/settings'
import { startPanes } from './app/panes'
import { startWindow } from './app/start'
import { chooseLanguage, setLanguage } from './i18n'

const root = createRoot(document.getElementById('root') as HTMLElement)
const drawn = busy('start')

async function start(): Promise<void> {
  setLanguage(chooseLanguage(undefined, navigator.language))
  if (!hasBridge()) throw new Error('window.lab is missing')
  await Promise.all([loadSettings(), loadDescription()])
  setLanguage(chooseLanguage(setting('language'), navigator.language))
  startPanes()
  startWindow()
  root.render(<Crash><App /></Crash>)
}

start()
  .catch((error: unknown) => root.render(<Fatal message={error instanceof Error ? error.message : String(error)} />))
  .finally(drawn)

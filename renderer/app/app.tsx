/** The window: top bar, banners, three panes that can be resized and hidden. */
import { useEffect } from 'react'
import type { ReactNode } from 'react'
import { Group, Panel, Separator } from 'react-resizable-panels'
import { ClaimsPage } from '../claims/claims-page'
import { EditorPane } from '../editor/editor-pane'
import { useMessages } from '../i18n'
import { ResultsPane } from '../results/results-pane'
import { RulesDialog } from '../rules/rules-dialog'
import { SetupPane } from '../scenario/setup-pane'
import { Questions } from '../ui/confirm'
import { Banners } from './banners'
import { rememberLayout, savedLayout } from './layout'
import { layoutApplied } from './named-layouts'
import { NoticeList } from './notice-list'
import { overlays } from './overlays'
import { Palette } from './palette'
import { panes } from './panes'
import { ShortcutSheet } from './shortcut-sheet'
import { useShortcuts } from './shortcuts'
import { useStore } from './store'
import { TopBar } from './top-bar'
import { Tour } from './tour'

export function App(): ReactNode {
  const over = useStore(overlays)
  const close = (): void => overlays.set(undefined)
  useShortcuts()
  return (
    <div className="app">
      <TopBar onHelp={() => overlays.set('help')} onClaims={() => overlays.set('claims')} />
      <Banners />
      <Body />
      <NoticeList />
      <Questions />
      <RulesDialog />
      {over === 'help' && <ShortcutSheet onClose={close} />}
      {over === 'palette' && <Palette onClose={close} />}
      {over === 'claims' && <ClaimsPage onClose={close} />}
      {over === 'tour' && <Tour onClose={close} />}
    </div>
  )
}

function Body(): ReactNode {
  const m = useMessages()
  const shown = useStore(panes)
  const applied = useStore(layoutApplied)
  const key = `main.${shown.setup ? 's' : ''}${shown.editor ? 'e' : ''}${shown.results ? 'r' : ''}`
  // Hidden editors keep their state in the documents' store; the group is rebuilt so that each set of panes has its own sizes.
  useEffect(() => { document.title = 'Reclaim Lab' }, [])
  return (
    <main className="body">
      <Group key={`${key} ${applied}`} id={key} orientation="horizontal" defaultLayout={savedLayout(key)} onLayoutChanged={rememberLayout(key)}>
        {shown.setup && <Panel id="panel-setup" minSize={230} maxSize={480} defaultSize={300} groupResizeBehavior="preserve-pixel-size"><SetupPane /></Panel>}
        {shown.setup && <Separator className="separator vertical" aria-label={m.resize} />}
        {shown.editor && <Panel id="panel-editor" minSize={300} defaultSize={shown.results ? '34%' : undefined}><EditorPane /></Panel>}
        {shown.editor && shown.results && <Separator className="separator vertical" aria-label={m.resize} />}
        {shown.results && <Panel id="panel-results" minSize={340}><ResultsPane /></Panel>}
      </Group>
    </main>
  )
}

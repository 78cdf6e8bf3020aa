/** What the person must know as long as it is true: nothing is kept; the lab doesn't answer. */
import type { ReactNode } from 'react'
import { HistoryBanners } from '../history/history-banners'
import { useMessages } from '../i18n'
import { Button } from '../ui/controls'
import { told, useDescription } from './description'
import { bridgeTrouble } from './lab-client'
import { useStore } from './store'

export function Banners(): ReactNode {
  const m = useMessages()
  const { workspace } = useDescription()
  const trouble = useStore(bridgeTrouble)
  return (
    <>
      {trouble && (
        <div className="banner bad" role="alert" data-testid="bridge-trouble">
          <span><b>{trouble.lost ? m.bridgeLost : m.bridgeFailed}</b> {told(trouble.message)}</span>
          <span className="row"><Button className="tiny" onClick={() => location.reload()}>{m.reloadPage}</Button><Button className="tiny" tone="quiet" onClick={() => bridgeTrouble.set(undefined)}>{m.dismiss}</Button></span>
        </div>
      )}
      <HistoryBanners />
      {!workspace.kept && <div className="banner warn" role="status" data-testid="not-kept"><span><b>{m.notKept}</b> {told(workspace.why ?? '')} <code>{workspace.path}</code></span></div>}
    </>
  )
}

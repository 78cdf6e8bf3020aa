/** What the history has to say over the whole window: what a lab that ended without closing was at, what was found damaged, that nothing can be kept. */
import { useState } from 'react'
import type { ReactNode } from 'react'
import type { HistoryReport } from '../../preload/contract'
import { told } from '../app/description'
import { useStore } from '../app/store'
import { useMessages } from '../i18n'
import { Button } from '../ui/controls'
import { Dialog } from '../ui/dialog'
import { entryName, when } from './entry-text'
import { dismissed, historyOverview, openEntry, resumeEntry } from './history-store'

export function HistoryBanners(): ReactNode {
  const { history: m, dismiss } = useMessages()
  const overview = useStore(historyOverview)
  const [details, setDetails] = useState(false)
  if (!overview) return null
  const { unclean, reports, unavailable } = overview
  return (
    <>
      {unavailable !== undefined && <div className="banner bad" role="alert" data-testid="history-unavailable"><span><b>{m.unavailable}</b> {told(unavailable)}</span></div>}
      {unclean.length > 0 && (
        <div className="banner warn" role="status" data-testid="history-unclean">
          <span className="row"><b>{m.unclean}</b>
            {unclean.slice(0, 5).map((entry) => (
              <span key={entry.id} className="row">{entryName(entry)} <span className="muted">{m.states[entry.state]}, {m.endedOf(entry.ended, entry.runs)}</span>
                <Button className="tiny" onClick={() => { openEntry(entry.id); dismissed('unclean') }}>{m.open}</Button>
                {entry.ended < entry.runs && !entry.otherEngine && <Button className="tiny" onClick={() => { resumeEntry(entry.id); dismissed('unclean') }}>{m.goOn}</Button>}
              </span>
            ))}
          </span>
          <Button className="tiny" tone="quiet" onClick={() => dismissed('unclean')}>{dismiss}</Button>
        </div>
      )}
      {reports.length > 0 && (
        <div className="banner warn" role="status" data-testid="history-reports">
          <b>{m.reports(reports.length)}</b>
          <span className="row"><Button className="tiny" onClick={() => setDetails(true)}>{m.details}</Button><Button className="tiny" tone="quiet" onClick={() => dismissed('reports')}>{dismiss}</Button></span>
        </div>
      )}
      {details && <Reports reports={reports} onClose={() => setDetails(false)} />}
    </>
  )
}

function Reports({ reports, onClose }: { readonly reports: readonly HistoryReport[]; onClose(): void }): ReactNode {
  const m = useMessages().history
  return (
    <Dialog title={m.reportTitle} onClose={onClose} wide>
      <ul className="history-reports">
        {reports.map((report) => (
          <li key={report.id}><b>{m.reportKinds[report.kind]} {told(report.what)}</b> <span className="muted">{when(report.atMs)}</span><br />{told(report.why)}{report.keptAs !== undefined && <><br />{m.keptAs} <code>{report.keptAs}</code></>}</li>
        ))}
      </ul>
    </Dialog>
  )
}

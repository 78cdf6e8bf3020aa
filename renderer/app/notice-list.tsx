/** Short messages in the corner. */
import type { ReactNode } from 'react'
import { useMessages } from '../i18n'
import { Button } from '../ui/controls'
import { dismiss, notices } from './notices'
import { useStore } from './store'

export function NoticeList(): ReactNode {
  const m = useMessages()
  const all = useStore(notices)
  return (
    <div className="notices" role="status" aria-live="polite">
      {all.map((notice) => (
        <div key={notice.id} className={`notice ${notice.tone}`}>
          <span className="grow">{notice.text}</span>
          {notice.undo && <Button className="tiny" onClick={() => { dismiss(notice.id); notice.undo?.() }}>{m.undo}</Button>}
          <button type="button" className="button quiet icon" aria-label={m.dismiss} onClick={() => dismiss(notice.id)}>✕</button>
        </div>
      ))}
    </div>
  )
}

/** The `?` sheet: every key, by place. */
import type { ReactNode } from 'react'
import { useMessages } from '../i18n'
import { Dialog } from '../ui/dialog'

export function ShortcutSheet({ onClose }: { onClose(): void }): ReactNode {
  const m = useMessages()
  return (
    <Dialog title={m.shortcuts} onClose={onClose}>
      <div className="sheet">
        {m.shortcutGroups.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl>{group.keys.map(([keys, what]) => <div key={keys}><dt>{keys.split(' / ').map((key, index) => <span key={key}>{index > 0 && ' / '}<kbd>{key}</kbd></span>)}</dt><dd>{what}</dd></div>)}</dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}

/** A modal dialog on the native element: focus stays inside, Escape closes, focus returns to where it was. */
import { useEffect, useRef } from 'react'
import type { ReactNode } from 'react'
import { useMessages } from '../i18n'

interface DialogProps {
  readonly title: string
  readonly wide?: boolean
  readonly footer?: ReactNode
  readonly children: ReactNode
  onClose(): void
}

export function Dialog({ title, wide, footer, children, onClose }: DialogProps): ReactNode {
  const m = useMessages()
  const element = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const before = document.activeElement
    element.current?.showModal()
    // React's autoFocus comes before the dialog is open, which then takes the focus to its first button.
    element.current?.querySelector<HTMLElement>('[data-autofocus]')?.focus()
    return () => { if (before instanceof HTMLElement) before.focus() }
  }, [])
  return (
    <dialog ref={element} className={wide ? 'dialog wide' : 'dialog'} aria-label={title} onCancel={(event) => { event.preventDefault(); onClose() }}>
      <header className="dialog-head">
        <h2>{title}</h2>
        <button type="button" className="button quiet icon" aria-label={m.close} onClick={onClose}>✕</button>
      </header>
      <div className="dialog-body">{children}</div>
      {footer && <footer className="dialog-foot">{footer}</footer>}
    </dialog>
  )
}

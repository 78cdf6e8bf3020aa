/** A short explanation beside what it explains: on hover and on keyboard focus, closed by Escape, read out through aria-describedby. */
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import type { ReactNode } from 'react'
import { createPortal } from 'react-dom'

interface TipProps {
  readonly text: ReactNode
  readonly children: ReactNode
  readonly className?: string
  /** Set when the child is focusable itself. */
  readonly inert?: boolean
}

export function Tip({ text, children, className, inert }: TipProps): ReactNode {
  const anchor = useRef<HTMLSpanElement>(null)
  const id = useId()
  const [open, setOpen] = useState(false)
  useEscape(open, () => setOpen(false))
  return (
    <span
      ref={anchor} className={className} tabIndex={inert ? undefined : 0} aria-describedby={open ? id : undefined}
      onPointerEnter={() => setOpen(true)} onPointerLeave={() => setOpen(false)} onFocus={() => setOpen(true)} onBlur={() => setOpen(false)}
    >
      {children}
      {open && anchor.current && <Bubble id={id} anchor={anchor.current} text={text} />}
    </span>
  )
}

function Bubble({ id, anchor, text }: { readonly id: string; readonly anchor: HTMLElement; readonly text: ReactNode }): ReactNode {
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (box.current) place(box.current, anchor.getBoundingClientRect())
  })
  // Inside a modal dialog only its own subtree is painted above the backdrop.
  return createPortal(<div ref={box} id={id} role="tooltip" className="tip">{text}</div>, anchor.closest('dialog') ?? document.body)
}

function place(box: HTMLElement, at: DOMRect): void {
  const margin = 6
  const size = box.getBoundingClientRect()
  const left = Math.max(margin, Math.min(at.left, window.innerWidth - size.width - margin))
  const below = at.bottom + margin
  const top = below + size.height > window.innerHeight - margin ? Math.max(margin, at.top - size.height - margin) : below
  box.style.left = `${left}px`
  box.style.top = `${top}px`
}

function useEscape(active: boolean, close: () => void): void {
  useEffect(() => {
    if (!active) return
    const listen = (event: KeyboardEvent): void => { if (event.key === 'Escape') close() }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  })
}

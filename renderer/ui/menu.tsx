/** A small menu behind a "⋯" button, or one with words: native popover, arrows move, Escape closes and gives focus back. */
import { useId, useRef } from 'react'
import type { KeyboardEvent, ReactNode } from 'react'

export interface MenuItem { readonly label: string; readonly danger?: boolean; run(): void }

export function Menu({ label, text, items }: { readonly label: string; readonly text?: string; readonly items: readonly MenuItem[] }): ReactNode {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const opened = (open: boolean): void => {
    const at = button.current?.getBoundingClientRect()
    const box = list.current
    if (!open || !at || !box) return
    box.style.top = `${Math.min(at.bottom + 2, window.innerHeight - box.offsetHeight - 6)}px`
    box.style.left = `${Math.max(6, at.right - box.offsetWidth)}px`
    box.querySelector('button')?.focus()
  }
  const move = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    const all = [...(list.current?.querySelectorAll('button') ?? [])]
    if (by === 0 || all.length === 0) return
    event.preventDefault()
    all[(all.indexOf(document.activeElement as HTMLButtonElement) + by + all.length) % all.length]?.focus()
  }
  const choose = (item: MenuItem): void => {
    list.current?.hidePopover()
    item.run()
  }
  return (
    <>
      <button ref={button} type="button" className={text === undefined ? 'button quiet icon tiny' : 'button plain'} popoverTarget={id} aria-haspopup="menu" aria-label={label} title={label}>{text ?? '⋯'}</button>
      <div ref={list} id={id} popover="auto" role="menu" className="menu" onToggle={(event) => opened(event.newState === 'open')} onKeyDown={move}>
        {items.map((item) => <button key={item.label} type="button" role="menuitem" className={item.danger ? 'bad' : ''} onClick={() => choose(item)}>{item.label}</button>)}
      </div>
    </>
  )
}

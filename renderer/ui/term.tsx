/** Text in which the kernel's own words are explained: the first occurrence of each known term gets its explanation on hover and focus. */
import { useMemo } from 'react'
import type { ReactNode } from 'react'
import { useDescription } from '../app/description'
import { useText } from '../i18n'
import { splitText } from './term-text'
import { Tip } from './tip'

/** `plain` leaves tab order alone, for places inside another control. */
export function Terms({ text, plain }: { readonly text: string; readonly plain?: boolean }): ReactNode {
  const { terms } = useDescription()
  const say = useText()
  const parts = useMemo(() => splitText(text, terms), [text, terms])
  return parts.map((part, index) => {
    if (part.code) return <code key={index}>{part.text}</code>
    if (!part.term) return part.text
    return <Tip key={index} className="term" inert={plain} text={<><b>{part.term.term}</b> {say(part.term.about)}</>}>{part.text}</Tip>
  })
}

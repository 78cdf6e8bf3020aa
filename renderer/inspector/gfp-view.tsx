/** A gfp mask taken apart: its flags, and what follows from them for the allocation. */
import type { ReactNode } from 'react'
import type { GfpExplanation } from '../../preload/contract'
import { lab } from '../app/lab-client'
import { useAnswer } from '../app/use-answer'
import { useMessages, useText } from '../i18n'
import { Problems } from '../ui/problems'

export function GfpView({ mask }: { readonly mask: string }): ReactNode {
  const m = useMessages()
  const answer = useAnswer(mask, () => lab.explainGfp(mask))
  if (!answer) return <p className="muted">{m.asking}</p>
  return answer.ok ? <Explained gfp={answer.value} /> : <Problems problems={answer.problems} />
}

function Explained({ gfp }: { readonly gfp: GfpExplanation }): ReactNode {
  const m = useMessages()
  const say = useText()
  return (
    <div className="gfp" data-testid="gfp">
      <p><code>{gfp.name}</code> <code className="muted">{gfp.mask}</code> · {m.highestZone} <b>{gfp.highestZone}</b> · {m.migrateType} <b>{gfp.migrateType}</b></p>
      <div className="why">
        <table>
          <caption>{m.whatFollows}</caption>
          <tbody>
            {gfp.follows.map((consequence) => (
              <tr key={consequence.topic}>
                <th scope="row">{m.gfpTopics[consequence.topic]}</th>
                <td className={`nowrap answer-${consequence.answer}`}>{m.gfpAnswers[consequence.answer]}</td>
                <td>{say(consequence.text)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <table>
          <caption>{m.itsFlags}</caption>
          <tbody>
            {gfp.flags.map((flag) => <tr key={flag.name}><th scope="row"><code>{flag.name}</code></th><td>{say(flag.about)}</td></tr>)}
            <tr><th scope="row">{m.allocFlagsFast}</th><td><code>{gfp.allocFlags.fast.join(' | ') || m.none}</code></td></tr>
            <tr><th scope="row">{m.allocFlagsSlow}</th><td><code>{gfp.allocFlags.slow.join(' | ') || m.none}</code></td></tr>
          </tbody>
        </table>
      </div>
    </div>
  )
}

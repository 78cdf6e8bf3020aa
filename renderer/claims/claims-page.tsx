/** The articles' claims with their verdicts, on a page of their own; a button beside each runs the evidence, or the place to read is named. */
import { useState } from 'react'
import type { ReactNode } from 'react'
import { useMessages, useText } from '../i18n'
import { startComparison } from '../results/experiment-store'
import { choosePreset } from '../scenario/setup-store'
import { Button, Segmented } from '../ui/controls'
import { Dialog } from '../ui/dialog'
import { CLAIMS } from './claims'
import type { Claim } from './claims'

const ARTICLES = ['000', '001', '002', '003', '004'] as const
type Shown = (typeof ARTICLES)[number] | 'all'

export function ClaimsPage({ onClose }: { onClose(): void }): ReactNode {
  const m = useMessages()
  const [shown, setShown] = useState<Shown>('all')
  return (
    <Dialog title={m.claims.title} wide onClose={onClose}>
      <div className="claims" data-testid="claims">
        <p className="muted">{m.claims.hint}</p>
        <Segmented label={m.claims.articles} value={shown} options={[{ value: 'all', label: m.claims.all }, ...ARTICLES.map((id) => ({ value: id, label: id }))]} onChange={(value: Shown) => setShown(value)} />
        {ARTICLES.filter((id) => shown === 'all' || shown === id).map((id) => (
          <section key={id} aria-label={m.claims.article(id)}>
            <h3>{m.claims.article(id)}</h3>
            <ul>{CLAIMS.filter(({ article }) => article === id).map((claim) => <Row key={claim.says.en} claim={claim} onRun={onClose} />)}</ul>
          </section>
        ))}
      </div>
    </Dialog>
  )
}

function Row({ claim, onRun }: { readonly claim: Claim; onRun(): void }): ReactNode {
  const m = useMessages()
  const say = useText()
  const { verdict, kernels = [], says, why, row } = claim
  return (
    <li data-testid={row === undefined ? undefined : `claim-${row}`}>
      <p><span className="muted num">{row ?? '·'}</span> {say(says)}</p>
      <p><b className={`verdict-${verdict}`}>{verdict === 'true-in' ? m.claims.trueIn(kernels.join(m.listComma)) : m.claims[verdict]}</b> {say(why)}</p>
      <Evidence claim={claim} onRun={onRun} />
    </li>
  )
}

function Evidence({ claim: { evidence, says }, onRun }: { readonly claim: Claim; onRun(): void }): ReactNode {
  const m = useMessages()
  const say = useText()
  if ('place' in evidence) return <p className="muted small">{m.claims.noRun} <code>{evidence.place}</code> {say(evidence.look)}</p>
  const run = (): void => {
    choosePreset(evidence.preset)
    onRun()
    startComparison()
  }
  return <p className="muted small"><Button aria-label={m.claims.runOf(say(says))} onClick={run}>{m.claims.run}</Button> <code>{evidence.preset}</code> {say(evidence.look)}</p>
}

/** The articles' claims with their verdicts; a button beside each runs the evidence. A part of the app's help. */
import type { ReactNode } from 'react'
import { useMessages, useText } from '../i18n'
import { startComparison } from '../results/experiment-store'
import { choosePreset } from '../scenario/setup-store'
import { Button } from '../ui/controls'
import { CLAIMS } from './claims'
import type { Claim } from './claims'

export function ClaimsList({ onRun }: { onRun(): void }): ReactNode {
  const m = useMessages()
  return (
    <section aria-label={m.claims.title} data-testid="claims">
      <h3>{m.claims.title}</h3>
      <dl>{CLAIMS.map((claim) => <Row key={claim.says.en} claim={claim} onRun={onRun} />)}</dl>
    </section>
  )
}

function Row({ claim, onRun }: { readonly claim: Claim; onRun(): void }): ReactNode {
  const m = useMessages()
  const say = useText()
  const { verdict, kernels = [] } = claim
  const run = (): void => {
    choosePreset(claim.preset)
    onRun()
    startComparison()
  }
  return (
    <div>
      <dt>{say(claim.says)} <span className="muted small">{m.claims.article(claim.article)}</span></dt>
      <dd><b>{verdict === 'true-in' ? m.claims.trueIn(kernels.join(m.listComma)) : m.claims[verdict]}</b> {say(claim.why)} <Button aria-label={m.claims.runOf(say(claim.says))} onClick={run}>{m.claims.run}</Button></dd>
    </div>
  )
}

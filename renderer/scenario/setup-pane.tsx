/** The left pane: what the next comparison is made of. */
import type { ReactNode } from 'react'
import { useMessages } from '../i18n'
import { Section } from '../ui/section'
import { Machine } from './machine'
import { Policies } from './policies'
import { Seeds } from './seeds'
import { SweepSetup } from './sweep-setup'
import { Sysctls } from './sysctls'
import { Variants } from './variants'

export function SetupPane(): ReactNode {
  const m = useMessages()
  return (
    <section className="pane setup" aria-label={m.setup} id="pane-setup" tabIndex={-1}>
      <div className="setup-scroll">
        <Section id="machine" title={m.machineAndWorkload}><Machine /></Section>
        <Section id="policies" title={m.compareWith}><Policies /><Variants /></Section>
        <Section id="sysctls" title={m.sysctls}><Sysctls /></Section>
        <Section id="seeds" title={m.seeds}><Seeds /></Section>
        <Section id="sweep-setup" title={m.sweep}><SweepSetup /></Section>
      </div>
    </section>
  )
}

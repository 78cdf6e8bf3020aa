/** The base kernel and the policies beside it: taken in or left out, opened, forked, renamed, removed; the parameters of those taken in are sliders. */
import type { ReactNode } from 'react'
import type { KernelInfo, PolicyInfo } from '../../preload/contract'
import { useDescription, useTold } from '../app/description'
import { showPane } from '../app/panes'
import { useStore } from '../app/store'
import { openKernel, openPolicy } from '../editor/files'
import { askFork, askNew, askRemove, askRename } from '../editor/file-questions'
import { experiment } from '../results/experiment-store'
import { when } from '../history/entry-text'
import { useMessages } from '../i18n'
import type { Messages } from '../i18n'
import { newRules } from '../rules/rules-form'
import { Button } from '../ui/controls'
import { Menu } from '../ui/menu'
import type { MenuItem } from '../ui/menu'
import { Terms } from '../ui/term'
import { Parameters } from './parameters'
import { chooseBase, setup, togglePolicy } from './setup-store'

export function Policies(): ReactNode {
  const m = useMessages()
  const { kernels, policies } = useDescription()
  const { base } = useStore(setup)
  const own = policies.filter((policy) => policy.origin === 'workspace')
  const examples = policies.filter((policy) => policy.origin === 'example')
  const runnable = kernels.filter((kernel) => kernel.scope === 'full')
  return (
    <>
      <p className="label">{m.baseKernel}</p>
      <div className="row">
        <select aria-label={m.baseKernel} value={base} onChange={(event) => chooseBase(event.target.value)} data-testid="base">
          {runnable.map((kernel) => <option key={kernel.name}>{kernel.name}</option>)}
        </select>
        <KernelButtons kernel={runnable.find((kernel) => kernel.name === base)} />
      </div>
      <p className="label">{m.policies}</p>
      <ul className="policies">{[...own, ...examples].map((policy) => <PolicyRow key={policy.file} policy={policy} />)}</ul>
      {policies.length === 0 && <p className="muted small">{m.noPolicies}</p>}
      <div className="row"><Button onClick={askNew}>{m.newPolicy}</Button><Button onClick={newRules}>{m.rules.open}</Button></div>
    </>
  )
}

function KernelButtons({ kernel }: { readonly kernel: KernelInfo | undefined }): ReactNode {
  const m = useMessages()
  if (!kernel) return null
  return (
    <>
      <Button tone="quiet" onClick={() => { openKernel(kernel.name); showPane('editor') }}>{m.viewSource}</Button>
      <Button tone="quiet" title={m.forkHint} onClick={() => askFork({ kind: 'kernel', name: kernel.name })}>{m.fork}</Button>
    </>
  )
}

function actionsOn(policy: PolicyInfo, m: Messages): readonly MenuItem[] {
  const fork = { label: m.fork, run: () => askFork({ kind: 'policy', name: policy.name }) }
  if (policy.origin === 'example') return [fork]
  return [fork, { label: m.rename, run: () => askRename(policy) }, { label: m.remove, danger: true, run: () => askRemove(policy) }]
}

function PolicyRow({ policy }: { readonly policy: PolicyInfo }): ReactNode {
  const m = useMessages()
  const told = useTold()
  const { policies, variants } = useStore(setup)
  const at = policies.indexOf(policy.name)
  const on = at >= 0
  const machine = variants.length + at + 1
  const ejected = useStore(experiment).status?.runs.some((run) => run.ejections.some((ejection) => ejection.policy === policy.name))
  const broken = policy.problems.length > 0
  const open = (): void => { openPolicy(policy.name); showPane('editor') }
  return (
    <li className={on ? 'policy on' : 'policy'} data-policy={policy.name}>
      <div className="policy-head">
        <input type="checkbox" checked={on} aria-label={m.takeIn(policy.name)} onChange={(event) => togglePolicy(policy.name, event.target.checked)} />
        {on && <span className="machine-dot" style={{ background: `var(--machine-${machine % 6})` }} aria-hidden="true" />}
        <button type="button" className="link policy-name" onClick={open} title={m.openInEditor}>{policy.name}</button>
        {policy.origin === 'example' && <span className="badge">{m.example}</span>}
        {broken && <span className="badge bad" title={told(policy.problems[0]?.message ?? '')}>✕ {m.broken}</span>}
        {policy.standIn && <span className="badge warn">{m.inUse.lastGood(when(policy.standIn.atMs))}</span>}
        {policy.held && <span className="badge warn">{m.inUse.heldBadge}</span>}
        {ejected && <span className="badge bad">⏏ {m.ejected}</span>}
        <span className="grow" />
        <Menu label={m.moreOf(policy.name)} items={actionsOn(policy, m)} />
      </div>
      {on && <p className="about small"><Terms text={told(policy.describe)} /></p>}
      {on && policy.params.length > 0 && <Parameters policy={policy} />}
    </li>
  )
}

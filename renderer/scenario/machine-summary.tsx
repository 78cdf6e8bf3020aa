/** The machine of a scenario in a small table: zones with size and marks, CPUs, disks, swap, processes. */
import type { ReactNode } from 'react'
import type { Scenario } from '../../preload/contract'
import { useMessages } from '../i18n'
import { duration, integer, pagesAsBytes } from '../ui/format'
import { Terms } from '../ui/term'

export function MachineSummary({ scenario }: { readonly scenario: Scenario }): ReactNode {
  const m = useMessages()
  const { machine, processes, sysctls } = scenario
  const swap = machine.swap.reduce((sum, area) => sum + area.pages, 0)
  return (
    <div className="machine-summary">
      <table>
        <thead><tr><th><Terms text={m.zone} /></th><th className="num"><Terms text="managed" /></th><th className="num">{m.size}</th></tr></thead>
        <tbody>
          {machine.zones.filter((zone) => zone.managed > 0).map((zone) => (
            <tr key={`${zone.node} ${zone.name}`}><th scope="row">{m.nodeZone(zone.node, zone.name)}</th><td className="num">{integer(zone.managed)}</td><td className="num">{pagesAsBytes(zone.managed)}</td></tr>
          ))}
        </tbody>
      </table>
      <dl className="facts">
        <dt>{m.cpus}</dt><dd>{machine.cpus}</dd>
        <dt><Terms text={m.swap} /></dt><dd>{swap === 0 ? m.none : `${pagesAsBytes(swap)} (${machine.swap.map((area) => (area.kind === 'zram' ? 'zram' : area.disk)).join(', ')})`}</dd>
        <dt>{m.tasks}</dt><dd>{processes.map((process) => process.name).join(', ') || m.none}</dd>
        <dt>{m.atMost}</dt><dd>{duration(scenario.durationMs * 1e6)}</dd>
        {Object.entries(sysctls).map(([name, value]) => <SysctlFact key={name} name={name} value={value} />)}
      </dl>
    </div>
  )
}

function SysctlFact({ name, value }: { readonly name: string; readonly value: number | readonly number[] }): ReactNode {
  return <><dt><code>{name}</code></dt><dd>{typeof value === 'number' ? integer(value) : value.join(' ')}</dd></>
}

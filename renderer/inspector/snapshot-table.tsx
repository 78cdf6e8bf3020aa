/** The zones as they stood at one instant. */
import type { ReactNode } from 'react'
import type { Snapshot } from '../../preload/contract'
import { useMessages } from '../i18n'
import { integer } from '../ui/format'

export function SnapshotTable({ snapshot }: { readonly snapshot: Snapshot }): ReactNode {
  const m = useMessages()
  return (
    <table>
      <caption>{m.zonesAt(snapshot.label)}</caption>
      <thead><tr><th>{m.zone}</th><th className="num">{m.free}</th><th className="num">min</th><th className="num">low</th><th className="num">high</th><th className="num">boost</th><th className="num">managed</th></tr></thead>
      <tbody>
        {snapshot.zones.map((zone) => (
          <tr key={`${zone.node} ${zone.zone}`}>
            <th scope="row">{m.nodeZone(zone.node, zone.zone)}</th>
            {[zone.free, zone.min, zone.low, zone.high, zone.boost, zone.managed].map((value, index) => <td key={index} className="num">{integer(value)}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** One machine at one instant: zones as tanks with their marks, lists by age, pageblocks, tasks and whom they wait for, disks. */
import type { ReactNode } from 'react'
import type { Look } from '../../preload/contract'
import { told } from '../app/description'
import { useMessages } from '../i18n'
import { duration, integer } from '../ui/format'

const TANK = { width: 70, height: 96 }
const AGES = ['≤ 10 ms', '≤ 100 ms', '≤ 1 s', '≤ 10 s', '> 10 s'] as const

/** `other`: the machine beside it; what differs from it is marked. */
export function MachineLook({ look, other }: { readonly look: Look; readonly other?: Look | undefined }): ReactNode {
  return (
    <div className="machine-look">
      <div className="tanks">{look.state.zones.map((zone) => <Tank key={`${zone.node} ${zone.zone}`} zone={zone} />)}</div>
      {look.lists.length > 0 ? <Lists look={look} other={other} /> : <Generations look={look} />}
      <Blocks look={look} />
      <Buddy look={look} other={other} />
      <Tasks look={look} />
      <Disks look={look} />
    </div>
  )
}

function Tasks({ look }: { readonly look: Look }): ReactNode {
  const m = useMessages()
  return (
    <table>
      <caption>{m.travel.tasks}</caption>
      <thead><tr><th>{m.task}</th><th>{m.state}</th><th className="num">{m.diverge.touch}</th><th className="num">{m.travel.rss}</th><th className="num">{m.travel.swapped}</th><th>{m.travel.waits}</th></tr></thead>
      <tbody>
        {look.tasks.filter((task) => task.state !== 'exited').map((task) => (
          <tr key={task.name}>
            <th scope="row"><code>{task.name}</code></th><td>{m.travel.states[task.state]}{task.reclaiming && ` · ${m.travel.reclaims}`}</td><td className="num">{task.touch === undefined ? '' : integer(task.touch)}</td>
            <td className="num">{task.kthread ? '' : integer(task.rss)}</td><td className="num">{task.kthread ? '' : integer(task.swapents)}</td>
            <td>{task.waits && <>{told(task.waits.what)}{task.waits.holders.length > 0 && ` ← ${task.waits.holders.join(', ')}`} <span className="muted">{m.travel.since(duration(Math.max(0, look.t - task.waits.sinceNs)))}</span></>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Disks({ look }: { readonly look: Look }): ReactNode {
  const m = useMessages()
  return (
    <table>
      <caption>{m.travel.disks}</caption>
      <thead><tr><th /><th className="num">{m.travel.inflight}</th><th className="num">{m.travel.waiting}</th><th className="num">{m.travel.read}</th><th className="num">{m.travel.written}</th><th className="num">{look.disks.some((disk) => disk.stalledUntil !== undefined) && m.travel.stalled}</th></tr></thead>
      <tbody>{look.disks.map((disk) => <tr key={disk.name}><th scope="row"><code>{disk.name}</code></th>{[disk.inflight, disk.waiting, disk.readPages, disk.writtenPages].map((count, i) => <td key={i} className="num">{integer(count)}</td>)}<td className="num">{disk.stalledUntil !== undefined && duration(disk.stalledUntil)}</td></tr>)}</tbody>
    </table>
  )
}

/** /proc/buddyinfo at this instant. */
function Buddy({ look, other }: { readonly look: Look; readonly other: Look | undefined }): ReactNode {
  const m = useMessages()
  const orders = look.state.zones[0]?.freeByOrder ?? []
  return (
    <table>
      <caption>{m.travel.buddy}</caption>
      <thead><tr><th />{orders.map((_, order) => <th key={order} className="num" title={m.travel.order(order)}>{order}</th>)}</tr></thead>
      <tbody>
        {look.state.zones.map((zone) => {
          const there = other?.state.zones.find((one) => one.node === zone.node && one.zone === zone.zone)
          return <tr key={`${zone.node} ${zone.zone}`}><th scope="row">{m.nodeZone(zone.node, zone.zone)}</th>{zone.freeByOrder.map((blocks, order) => <td key={order} className={`num${differs(blocks, there?.freeByOrder[order])}`}>{integer(blocks)}</td>)}</tr>
        })}
      </tbody>
    </table>
  )
}

function differs(own: number | undefined, other: number | undefined): string {
  return other !== undefined && own !== other ? ' differs' : ''
}

type Zone = Look['state']['zones'][number]

/** Free pages against the marks, at a scale of twice HIGH: below it everything happens. */
function Tank({ zone }: { readonly zone: Zone }): ReactNode {
  const m = useMessages()
  const top = Math.max(2 * (zone.high + zone.boost), 1)
  const y = (pages: number): number => TANK.height * (1 - Math.min(1, pages / top))
  // Names stand above all lines: marks of a large zone lie close together.
  const marks = [['min', zone.min], ['low', zone.low], ['high', zone.high]] as const
  const words = m.travel.tank(m.nodeZone(zone.node, zone.zone), integer(zone.free), integer(zone.min + zone.boost), integer(zone.low + zone.boost), integer(zone.high + zone.boost))
  return (
    <figure className="tank" title={words}>
      <svg width={TANK.width} height={TANK.height} role="img" aria-label={words}>
        <rect x="0" y="0" width={TANK.width} height={TANK.height} className="tank-wall" />
        <rect x="0" y={y(zone.free)} width={TANK.width} height={TANK.height - y(zone.free)} className="tank-free" />
        {marks.map(([name, mark]) => <line key={name} x1="0" x2={TANK.width} y1={y(mark + zone.boost)} y2={y(mark + zone.boost)} className="tank-mark" />)}
        {marks.map(([name, mark]) => <text key={name} x={name === 'low' ? TANK.width - 2 : 2} textAnchor={name === 'low' ? 'end' : 'start'} y={y(mark + zone.boost) - 2}>{name}</text>)}
      </svg>
      <figcaption>{m.nodeZone(zone.node, zone.zone)}<br /><span className="num">{integer(zone.free)}</span></figcaption>
    </figure>
  )
}

function Lists({ look, other }: { readonly look: Look; readonly other: Look | undefined }): ReactNode {
  const m = useMessages()
  return (
    <table>
      <caption>{m.travel.lists}</caption>
      <thead><tr><th /><th className="num">{m.travel.pages}</th><th>{m.travel.shares}</th>{AGES.map((age) => <th key={age} className="num">{age}</th>)}<th className="num">{m.travel.tail}</th></tr></thead>
      <tbody>
        {look.lists.filter((one) => one.pages > 0 || one.memcg === 0).map((one) => {
          const there = other?.lists.find((list) => list.node === one.node && list.memcg === one.memcg && list.list === one.list)
          return (
            <tr key={`${one.node} ${one.memcg} ${one.list}`}>
              <th scope="row"><code>{look.state.nodes.length > 1 ? `${one.node} ` : ''}{one.memcg > 0 ? `memcg ${one.memcg} ` : ''}{one.list}</code></th><td className={`num${differs(one.pages, there?.pages)}`}>{integer(one.pages)}</td>
              <td>{one.ages !== undefined && <span className="ages" aria-hidden="true">{one.ages.map((pages, i) => <i key={AGES[i]} style={{ flexGrow: pages, opacity: 1 - i * 0.2 }} />)}</span>}</td>
              {AGES.map((age, i) => <td key={age} className={`num${differs(one.ages?.[i], there?.ages?.[i])}`}>{one.ages === undefined ? '' : integer(one.ages[i])}</td>)}
              <td className="num">{one.tailAge === undefined ? '' : duration(one.tailAge)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function Generations({ look }: { readonly look: Look }): ReactNode {
  const m = useMessages()
  return (
    <table>
      <caption>{m.travel.generations}</caption>
      <thead><tr><th className="num">{m.travel.seq}</th><th className="num">{m.travel.age}</th><th className="num">{m.travel.anon}</th><th className="num">{m.travel.file}</th></tr></thead>
      <tbody>{look.state.generations.map((one) => <tr key={`${one.node} ${one.memcg} ${one.seq}`}><th scope="row" className="num">{one.seq}</th><td className="num">{duration(one.age)}</td><td className="num">{integer(one.anon)}</td><td className="num">{integer(one.file)}</td></tr>)}</tbody>
    </table>
  )
}

const MOST_CELLS = 512

/** Pageblocks, lowest first; several in a cell where there are many. Fuller of what can't be moved is darker, free is light. */
function Blocks({ look }: { readonly look: Look }): ReactNode {
  const m = useMessages()
  return (
    <div className="block-maps">
      <p className="muted block-legend">{m.travel.blockColours.map((words, i) => <span key={words}><i style={{ background: i === 0 ? 'var(--series-1)' : i === 1 ? 'var(--series-2)' : 'var(--raised)' }} /> {words}</span>)}</p>
      {look.state.pageblocks.map((map) => {
        const per = Math.ceil(map.pages.length / MOST_CELLS)
        const cells = Array.from({ length: Math.ceil(map.pages.length / per) }, (_, i) => {
          const sum = (column: readonly number[]): number => column.slice(i * per, (i + 1) * per).reduce((total, one) => total + one, 0)
          const all = Math.max(1, sum(map.pages))
          return { free: sum(map.free) / all, kernel: sum(map.unmovable) / all }
        })
        const free = map.free.reduce((total, one) => total + one, 0)
        return (
          <figure key={`${map.node} ${map.zone}`} className="block-map" role="img" aria-label={m.travel.blocks(m.nodeZone(map.node, map.zone), integer(map.pages.length), integer(free))}>
            <figcaption>{m.travel.blocks(m.nodeZone(map.node, map.zone), integer(map.pages.length), integer(free))}</figcaption>
            <div>{cells.map((cell, i) => <i key={i} style={{ background: `color-mix(in srgb, var(--series-1) ${Math.round(cell.free * 100)}%, color-mix(in srgb, var(--series-2) ${Math.round(cell.kernel * 100)}%, var(--raised)))` }} />)}</div>
          </figure>
        )
      })}
    </div>
  )
}

/** The menu by which an experiment leaves as a file. What is of one run is of the shown seed, machine by machine. */
import type { ReactNode } from 'react'
import type { ExperimentStatus } from '../../preload/contract'
import { useStore } from '../app/store'
import { seedShown } from '../charts/view-store'
import { useMessages } from '../i18n'
import { Menu } from '../ui/menu'
import type { MenuItem } from '../ui/menu'
import { openBundleFile, saveOut } from './out'

export function OutMenu({ status }: { readonly status: ExperimentStatus }): ReactNode {
  const m = useMessages()
  const seed = useStore(seedShown)
  const { id, machines } = status
  const recorded = status.runs.filter((run) => run.seed === seed && run.digest !== undefined)
  const items: readonly MenuItem[] = [
    { label: m.out.report, run: () => saveOut({ kind: 'report', experiment: id }) },
    { label: m.out.csv, run: () => saveOut({ kind: 'csv', experiment: id }) },
    { label: m.out.json, run: () => saveOut({ kind: 'json', experiment: id }) },
    { label: m.out.bundle, run: () => saveOut({ kind: 'bundle', experiment: id }) },
    ...recorded.flatMap(({ run, machine }): readonly MenuItem[] => {
      const label = machines[machine]?.label ?? ''
      return [{ label: m.out.trace(label), run: () => saveOut({ kind: 'trace', run }) }, { label: m.out.series(label), run: () => saveOut({ kind: 'series', run }) }]
    }),
    { label: m.out.openBundle, run: openBundleFile },
  ]
  return <Menu label={m.out.title} text={m.out.title} items={items} />
}

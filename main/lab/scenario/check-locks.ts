/** Locks of a workload: taken before they are given back, by who holds them, the same kind everywhere; and stalls of disks that exist. Runs on processes whose shape is right. */
import type { DiskSpec, Phase, ProcessSpec } from '../../engine'
import { complaint, didYouMean, showValue } from './problems'
import type { Path, ProblemList } from './problems'

type Of<O extends Phase['op']> = Extract<Phase, { readonly op: O }>
type LockPhase = Of<'lock'>

/** What a process's address space is locked by. */
const MMAP_LOCK = 'mmap_lock'

/** `disks` is absent when the machine's own shape is wrong. */
export function checkLocks(processes: readonly ProcessSpec[], disks: readonly DiskSpec[] | undefined, problems: ProblemList): void {
  const first = new Map<string, LockPhase>()
  processes.forEach((spec, p) => {
    const held = new Map<string, LockPhase>()
    spec.phases.forEach((phase, i) => {
      const at: Path = ['processes', p, 'phases', i]
      if (phase.op === 'lock') takeLock(phase, at, spec, processes, held, first, problems)
      else if (phase.op === 'unlock') giveBack(phase, at, held, problems)
      else if (phase.op === 'stall') checkDisk(phase, at, disks, problems)
      else if (phase.op === 'touch' && held.get(MMAP_LOCK)?.mode === 'write') problems.add(at, 'touches memory while this process holds its own mmap_lock for writing; a fault takes that lock for reading and would never end. Unlock it first')
    })
  })
}

function takeLock(phase: LockPhase, at: Path, spec: ProcessSpec, processes: readonly ProcessSpec[], held: Map<string, LockPhase>, first: Map<string, LockPhase>, problems: ProblemList): void {
  const name = phase.name === `${MMAP_LOCK}:${spec.name}` ? MMAP_LOCK : phase.name
  if (phase.kind === 'rwsem' && phase.mode === undefined) problems.add([...at, 'mode'], complaint(undefined, '"read" or "write" for an rwsem'))
  if (phase.kind !== 'rwsem' && phase.mode !== undefined) problems.add([...at, 'mode'], 'is only for kind "rwsem"')
  if (phase.kind !== 'semaphore' && phase.permits !== undefined) problems.add([...at, 'permits'], 'is only for kind "semaphore"')
  if (held.has(name)) problems.add([...at, 'name'], `is ${showValue(phase.name)}, which this process holds already; it would wait for itself. Unlock it first`)
  checkMmapLock(phase, at, processes, problems)
  held.set(name, phase)
  if (name === MMAP_LOCK) return
  const known = first.get(name)
  if (known === undefined) first.set(name, phase)
  else if (known.kind !== phase.kind) problems.add([...at, 'kind'], complaint(phase.kind, `"${known.kind}", as where lock ${showValue(name)} is taken first`))
  else if ((known.permits ?? 1) !== (phase.permits ?? 1)) problems.add([...at, 'permits'], complaint(phase.permits, `${known.permits ?? 1}, as where semaphore ${showValue(name)} is taken first`))
}

function checkMmapLock({ name, kind }: LockPhase, at: Path, processes: readonly ProcessSpec[], problems: ProblemList): void {
  if (name !== MMAP_LOCK && !name.startsWith(`${MMAP_LOCK}:`)) return
  if (kind !== 'rwsem') problems.add([...at, 'kind'], complaint(kind, '"rwsem", which every mmap_lock is'))
  const owner = name.slice(MMAP_LOCK.length + 1)
  const names = processes.map(each => each.name)
  if (name !== MMAP_LOCK && !names.includes(owner)) problems.add([...at, 'name'], complaint(name, `"mmap_lock", or "mmap_lock:" and a process: ${names.slice(0, 20).join(', ')}.${didYouMean(owner, names)}`))
}

function giveBack({ name }: Of<'unlock'>, at: Path, held: Map<string, LockPhase>, problems: ProblemList): void {
  if (held.delete(name)) return
  const names = [...held.keys()]
  problems.add([...at, 'name'], complaint(name, `a lock this process holds: ${names.slice(0, 20).join(', ') || 'there is none'}.${didYouMean(name, names)}`))
}

function checkDisk({ disk }: Of<'stall'>, at: Path, disks: readonly DiskSpec[] | undefined, problems: ProblemList): void {
  const names = disks?.map(each => each.name)
  if (names === undefined || names.includes(disk)) return
  problems.add([...at, 'disk'], complaint(disk, names.length > 0 ? `a disk of this machine: ${names.join(', ')}.${didYouMean(disk, names)}` : 'a disk of this machine, which has none'))
}

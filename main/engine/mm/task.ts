/**
 * Tasks as memory management sees them (struct task_struct, mm_struct), and what mm asks of the scheduler. The scheduler itself is sim/sched.ts.
 */
import type { Area } from './area'
import type { OpenFile } from './file'
import type { HeldPath } from './namei'

/** Everything a sleeping task can wait on, first come first served. */
export class WaitQueue {
  readonly tasks: Task[] = []
}

export class Task {
  readonly id: number
  readonly name: string
  readonly nice: number
  oomScoreAdj: number
  /** Kernel threads have no memory of their own and are never killed. */
  readonly kthread: boolean
  readonly isKswapd: boolean

  /** PF_MEMALLOC. */
  memalloc = false
  oomVictim = false
  readonly realtime = false
  exited = false
  /** SIGKILL is pending. */
  killed = false
  /** PF_MEMALLOC_NOFS: file system work is in hand, so reclaim must not enter it. */
  nofs = 0
  /** A page fault is being handled (in_lru_fault). A first touch on the fast path does without. */
  inLruFault = false
  /** Ran since the page tables were last walked for young pages; one bit a node (lru_gen.bitmap). */
  lruGenBitmap = 0
  /** psi_memstall_enter depth. */
  memstall = 0
  /** Kernel functions between its entry into the kernel and the allocator, for explanations; empty in a page fault. */
  callPath: readonly string[] = []

  minflt = 0
  majflt = 0
  /** Mapped pages, swap entries and page tables of its address space. */
  rssAnon = 0
  rssFile = 0
  swapents = 0
  pageTables = 0
  readonly areas = new Map<string, Area>()
  readonly files = new Map<string, OpenFile>()
  /** Entries of mounted file systems that it has open. */
  readonly heldPaths: HeldPath[] = []
  nrDirtied = 0
  nrDirtiedPause = 32

  // The scheduler's columns.
  cpu = 0
  vruntime = 0
  weight = 1024
  runnable = false
  /** Woken by its timer, not by somebody. */
  timedOut = false
  timer = -1
  waitingOn: WaitQueue | undefined = undefined
  /** What it waits for, in kernel words; shown when nothing can advance. */
  waitReason = ''
  inIowait = false
  sleepKillable = false
  cpuTime = 0

  constructor(spec: { id: number; name: string; nice?: number; oomScoreAdj?: number; kthread?: boolean; isKswapd?: boolean }) {
    this.id = spec.id
    this.name = spec.name
    this.nice = spec.nice ?? 0
    this.oomScoreAdj = spec.oomScoreAdj ?? 0
    this.kthread = spec.kthread ?? false
    this.isKswapd = spec.isKswapd ?? false
  }
}

/** What memory management asks of the scheduler. */
export interface Sched {
  /** Makes a sleeping task runnable and lets it preempt; does nothing to a runnable one. */
  wake(task: Task): void
  wakeAll(queue: WaitQueue): void
  /** The current task will sleep; it must `yield BLOCK` next. `until` is a time in ns or Infinity. SIGKILL wakes it only if `killable`. */
  sleep(reason: string, until: number, queue?: WaitQueue, iowait?: boolean, killable?: boolean): void
  /** ns to the n-th timer tick from now on: schedule_timeout sleeps n to n+1 ticks. */
  ticks(n: number): number
}

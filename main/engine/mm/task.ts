/**
 * Tasks as memory management sees them (struct task_struct, mm_struct), and what mm asks of the scheduler. The scheduler itself is sim/sched.ts.
 */
import type { Area } from './area'
import type { CaptureControl } from './compaction-state'
import type { OpenFile } from './file'
import type { HeldPath } from './namei'
import type { KernelLock } from './lock'
import type { StallClock } from './stall'

/** Everything a sleeping task can wait on, first come first served. */
export class WaitQueue {
  readonly tasks: Task[] = []
  /** The frame that a page's waiters wait for; -1: it is no page's queue. */
  readonly pfn: number
  constructor(pfn = -1) {
    this.pfn = pfn
  }
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
  /** tsk_is_oom_victim: the OOM killer chose it, or it was dying when it asked. */
  oomVictim = false
  /** MMF_OOM_SKIP: its memory is gone or can't be had, so the OOM killer looks past it. */
  oomSkip = false
  /** MMF_UNSTABLE: the reaper has been here, so no page may be mapped any more. */
  unstable = false
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
  /** It compacts for itself and keeps the block that comes free (current->capture_control). */
  capture: CaptureControl | undefined = undefined
  /** The swap of hooks that held when its episode of reclaim began; 0 = none is under way. */
  policyEpoch = 0
  /** When it began its work (start_time): a process that waits first is taken for one forked then. -1: not yet. */
  startTime = -1
  /** psi_memstall_enter depth. */
  memstall = 0
  /** Number of its memory cgroup; 0 = the root. */
  memcg = 0
  /** Pages charged while its group was over memory.high, to be paid for before it returns to user space (memcg_nr_pages_over_high). */
  memcgNrPagesOverHigh = 0
  /** Kernel functions between its entry into the kernel and the allocator, for explanations; empty in a page fault. */
  callPath: readonly string[] = []

  minflt = 0
  majflt = 0
  /** Mapped pages, swap entries and page tables of its address space. */
  rssAnon = 0
  rssFile = 0
  rssShmem = 0
  swapents = 0
  pageTables = 0
  readonly areas = new Map<string, Area>()
  readonly files = new Map<string, OpenFile>()
  /** Entries of mounted file systems that it has open. */
  readonly heldPaths: HeldPath[] = []
  /** Locks it holds, in the order taken, and the one it waits for. */
  readonly locks: KernelLock[] = []
  lockWanted: KernelLock | undefined = undefined
  /** Its mmap_lock, once somebody took it by name. */
  mmapLock: KernelLock | undefined = undefined
  /** Pages dirtied since it was last looked at, and how many it may; the tick at which its last pause ended. */
  nrDirtied = 0
  nrDirtiedPause = 32
  dirtyPausedWhen = 0
  /** Frame that it keeps locked while it sleeps (folio_lock); -1 = none. */
  lockedPage = -1

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
  /** Not TASK_UNINTERRUPTIBLE: a signal may end the sleep, or it is an idle thread's. */
  sleepKillable = false
  cpuTime = 0
  /** Voluntary and other context switches (nvcsw, nivcsw). */
  nvcsw = 0
  nivcsw = 0
  /** What khungtaskd saw of it last: its switches, and when they had changed. */
  lastSwitchCount = 0
  lastSwitchTime = 0
  /** When its current sleep began. */
  sleepStart = 0
  /** Where the time of its slow allocation goes, while it is in one. */
  stall: StallClock | undefined = undefined
  stallClock: StallClock | undefined = undefined

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
/** An episode of reclaim begins: it asks the hooks that hold now to its end, whatever is swapped meanwhile. The answer is for `unpinHooks`. */
export function pinHooks(task: Task, epoch: number): number {
  const before = task.policyEpoch
  if (before === 0) task.policyEpoch = epoch
  return before
}

export function unpinHooks(task: Task, before: number): void {
  task.policyEpoch = before
}

export interface Sched {
  /** Makes a sleeping task runnable and lets it preempt; does nothing to a runnable one. */
  wake(task: Task): void
  wakeAll(queue: WaitQueue): void
  /** The current task will sleep; it must `yield BLOCK` next. `until` is a time in ns or Infinity. SIGKILL wakes it only if `killable`. */
  sleep(reason: string, until: number, queue?: WaitQueue, iowait?: boolean, killable?: boolean): void
  /** ns to the n-th timer tick from now on: schedule_timeout sleeps n to n+1 ticks. */
  ticks(n: number): number
}

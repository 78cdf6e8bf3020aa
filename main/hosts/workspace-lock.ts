/**
 * One lab per workspace. The lock is a file in it that names the process, and its address once there is one, so that a second start can point to the first. A lock whose
 * process is gone (a crash, a power cut, a number given anew to another process) is taken over.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beganOf, isProcessAlive } from '../store/process-began'

export interface LockHolder {
  readonly pid: number
  /** When the process began, where the system tells (Linux): tells a process from a later one of the same number. */
  readonly began: string
  readonly host: 'electron' | 'browser'
  readonly address?: string
}

export interface WorkspaceLock {
  /** Where this lab can be found, for whoever comes second. */
  announce(address: string): void
  release(): void
}

export type LockAttempt = { readonly ok: true; readonly lock: WorkspaceLock } | { readonly ok: false; readonly holder: LockHolder }

const FILE = '.lab-lock.json'

export function lockWorkspace(workspace: string, host: LockHolder['host']): LockAttempt {
  const path = join(workspace, FILE)
  const mine: LockHolder = { pid: process.pid, began: beganOf(process.pid), host }
  for (let attempt = 0; attempt < 20; attempt++) {
    if (create(path, mine)) return { ok: true, lock: lockAt(path, mine) }
    const holder = read(path)
    if (holder !== undefined && isProcessAlive(holder)) return { ok: false, holder }
    removeStale(path, holder)
  }
  throw new Error(`The workspace's lock ${path} can be neither taken nor read; remove it if no lab is open.`)
}

/** The sentence a second start ends with. */
export function describeHolder(workspace: string, holder: LockHolder): string {
  const where = holder.address === undefined ? '' : `, at ${holder.address}`
  return `The lab is already open on ${workspace}: process ${holder.pid}${where}. Use that one, close it first, or name another folder with --workspace.`
}

function lockAt(path: string, mine: LockHolder): WorkspaceLock {
  return {
    announce(address) {
      if (!isMine(path, mine)) return
      const draft = `${path}.${process.pid}`
      writeFileSync(draft, JSON.stringify({ ...mine, address }))
      renameSync(draft, path)
    },
    release() {
      if (isMine(path, mine)) rmSync(path, { force: true })
    },
  }
}

/** Linked into place with its content, so that nobody ever reads half a lock. False when there is one already. */
function create(path: string, holder: LockHolder): boolean {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, JSON.stringify(holder))
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    // File systems without hard links (FAT, some network shares): exclusive creation is the next best.
    return createExclusive(path, holder)
  } finally {
    rmSync(draft, { force: true })
  }
}

function createExclusive(path: string, holder: LockHolder): boolean {
  try {
    writeFileSync(path, JSON.stringify(holder), { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Two starts may see the same stale lock: each moves what is there aside, and whoever finds it moved a live one puts it back. */
function removeStale(path: string, stale: LockHolder | undefined): void {
  const aside = `${path}.stale-${process.pid}`
  try {
    renameSync(path, aside)
  } catch {
    return
  }
  const moved = read(aside)
  if (moved !== undefined && !(stale !== undefined && isSame(moved, stale)) && isProcessAlive(moved)) create(path, moved)
  rmSync(aside, { force: true })
}

function read(path: string): LockHolder | undefined {
  try {
    const parsed = JSON.parse(readFileSync(path, 'utf8')) as Partial<LockHolder> | null
    if (typeof parsed?.pid !== 'number' || typeof parsed.began !== 'string') return undefined
    return { pid: parsed.pid, began: parsed.began, host: parsed.host === 'electron' ? 'electron' : 'browser', ...(typeof parsed.address === 'string' ? { address: parsed.address } : {}) }
  } catch {
    return undefined
  }
}

function isMine(path: string, mine: LockHolder): boolean {
  const there = read(path)
  return there !== undefined && isSame(there, mine)
}

function isSame(a: LockHolder, b: LockHolder): boolean {
  return a.pid === b.pid && a.began === b.began
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** Whether a process is still the one that was meant: numbers are given anew, so the time it began counts too, where the system tells (Linux). */
import { readFileSync } from 'node:fs'

export interface ProcessName {
  readonly pid: number
  readonly began: string
}

export function thisProcess(): ProcessName {
  return { pid: process.pid, began: beganOf(process.pid) }
}

export function isProcessAlive({ pid, began }: ProcessName): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // Of another user: alive.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  return began === beganOf(pid)
}

/** Start time in clock ticks since boot, after the last `)` of /proc/<pid>/stat (a name may hold spaces and brackets); '' where there is none. */
export function beganOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

/**
 * Which policy was being called when a process died at once, with its supervisor: some requests for memory end all of V8 (an array of 2^28 items, a heap full of
 * long strings). Shared memory dies too, so the attempt after such a death writes every call to stderr before it is made, which the lab reads afterwards.
 */
import { writeSync } from 'node:fs'
import type { ScriptedEjection } from '../engine'

const MARK = '@call'
const LINE = /^@call (\d+) (\d+) (\w+)(?: (left|\d+))?$/
const STDERR = 2
const TRIES = 1_000

/** `what`: the line it is at by now, or that it has come back. Nothing at the start. */
export function markCall(policy: number, call: number, hook: string, what: number | 'left' | undefined): void {
  write(`${MARK} ${policy} ${call} ${hook}${what === undefined ? '' : ` ${what}`}\n`)
}

/** At once, in whatever thread; a pipe that is full is waited for. */
function write(text: string): void {
  for (let i = 0; i < TRIES; i++) {
    try { writeSync(STDERR, text); return } catch (error) { if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return }
  }
}

interface MarkedCall { readonly policy: number; readonly call: number; readonly hook: string; line: number }

/** For want of memory a policy is to blame that has come back, since it may keep what it took: the last one called. Otherwise only one that was inside a call. */
export function blamedByMarks(stderr: string, known: readonly ScriptedEjection[]): ScriptedEjection | undefined {
  const inside = new Map<number, MarkedCall>()
  let last: MarkedCall | undefined
  for (const text of stderr.split('\n')) {
    const match = LINE.exec(text)
    if (!match) continue
    const [policy, call, what] = [Number(match[1]), Number(match[2]), match[4]]
    if (what === undefined) inside.set(policy, last = { policy, call, hook: match[3] ?? '', line: 0 })
    else if (what === 'left') inside.delete(policy)
    else { const at = inside.get(policy); if (at?.call === call) at.line = Number(what) }
  }
  const memory = /heap out of memory|Allocation failed|invalid size error|Invalid (?:array|string) length|array buffer/i.test(stderr)
  const suspect = [...inside.values()].sort((a, b) => a.policy - b.policy)[0] ?? (memory ? last : undefined)
  if (!suspect || known.some(({ policy }) => policy === suspect.policy)) return undefined
  const message = memory ? 'asked for more memory than a process can have' : 'the process died in it'
  return { policy: suspect.policy, call: suspect.call, kind: memory ? 'memory' : 'stall', message: `${suspect.hook}: ${message}`, ...(suspect.line > 0 ? { line: suspect.line } : {}) }
}

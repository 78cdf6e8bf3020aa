/** Reads a sysctl as a person typed it, within the kernel's own range. */
import type { SysctlInfo } from '../../preload/contract'
import type { Messages } from '../i18n'

export type SysctlReading =
  | { readonly ok: true; readonly value: number | string }
  | { readonly ok: false; readonly message: string }

export function readSysctl(name: string, text: string, known: readonly SysctlInfo[], m: Messages): SysctlReading {
  const info = known.find((sysctl) => sysctl.name === name)
  if (!info) return { ok: false, message: m.sysctlUnknown(name) }
  const words = text.trim().split(/[\s,]+/).filter((word) => word !== '')
  const wanted = Array.isArray(info.default) ? info.default.length : 1
  if (words.length !== wanted) return { ok: false, message: m.sysctlCount(wanted, words.length) }
  for (const word of words) {
    const value = Number(word)
    if (!Number.isInteger(value)) return { ok: false, message: m.sysctlNotWhole(word) }
    if (value < info.min || value > info.max) return { ok: false, message: m.sysctlRange(value, info.min, info.max) }
  }
  return { ok: true, value: wanted === 1 ? Number(words[0]) : words.join(' ') }
}

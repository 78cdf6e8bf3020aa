/** This machine's own files, where it has them. */
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { KernelDefinition } from 'reclaim-lab'
import type { ImportSummary, Result } from '../../../preload/contract'
import type { Machine } from '../../engine'
import { importText } from './import-text'
import type { MachineExtras } from './import-text'
import { say } from '../say'

/** `root` stands before /proc and /sys; tests give their own. */
export async function importThisMachine(kernel: KernelDefinition, platform: string = process.platform, root = '/'): Promise<Result<ImportSummary>> {
  if (platform !== 'linux') return refuse('this machine', `runs ${platform}, which has no /proc/zoneinfo; paste the file of a Linux machine instead`)
  const path = join(root, 'proc/zoneinfo')
  const zoneinfo = await text(path)
  if (typeof zoneinfo !== 'string') return refuse('/proc/zoneinfo', `can't be read: ${zoneinfo.code}. Containers often hide it; paste the output of \`cat /proc/zoneinfo\` of the host instead`)
  const [meminfo, vmstat, buddyinfo] = await Promise.all(['meminfo', 'vmstat', 'buddyinfo'].map(name => optional(join(root, 'proc', name))))
  const sysctl = await readSysctls(join(root, 'proc/sys/vm'))
  return importText({ zoneinfo, meminfo, vmstat, buddyinfo, sysctl }, kernel, await readExtras(root))
}

function refuse(path: string, message: string): Result<ImportSummary> {
  return { ok: false, problems: [{ path, message }] }
}

async function text(path: string): Promise<string | { readonly code: string }> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    return { code: error instanceof Error && 'code' in error ? String(error.code) : String(error) }
  }
}

/** Undefined where a file can't be read or is empty. */
async function optional(path: string): Promise<string | undefined> {
  const found = await text(path)
  return typeof found === 'string' && found.trim() !== '' ? found : undefined
}

/** Files that hold numbers; some only take writes. */
async function readSysctls(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = await readdir(folder).catch(() => [])
  const values: Record<string, string> = {}
  for (const name of names) {
    const value = await optional(join(folder, name))
    if (value !== undefined && /^[-\d\s]+$/.test(value)) values[`vm.${name}`] = value
  }
  return values
}

async function readExtras(root: string): Promise<MachineExtras> {
  const [swaps, enabled, host] = await Promise.all(['proc/swaps', 'sys/kernel/mm/transparent_hugepage/enabled', 'proc/sys/kernel/osrelease'].map(path => optional(join(root, path))))
  const thp = /\[(never|madvise|always)\]/.exec(enabled ?? '')?.[1] as Machine['thp'] | undefined
  const release = host?.trim() ?? ''
  return { swaps: swaps ?? '', thp, title: say(`This machine${release && `, Linux ${release}`}`, `本机${release && `，Linux ${release}`}`) }
}

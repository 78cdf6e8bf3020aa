/**
 * Finds the folder in which a person's policies and scenarios live, and makes sure it can be written. Where it can't, the lab works in a temporary folder and says
 * so: `kept: false` with the reason.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export interface OpenedWorkspace {
  readonly path: string
  readonly kept: boolean
  /** Why it isn't kept, in one sentence. */
  readonly why?: string
}

const WORKSPACE_FOLDERS = ['policies', 'scenarios', 'drafts'] as const

/** Opens `path`, or the default folder. Never fails because of a folder: then it is a temporary one. */
export async function openWorkspace(path?: string): Promise<OpenedWorkspace> {
  const wanted = path === undefined || path === '' ? defaultWorkspace() : resolve(path)
  const why = await prepare(wanted)
  if (why === undefined) return { path: wanted, kept: true }
  const temporary = await mkdtemp(join(tmpdir(), 'reclaim-lab-'))
  const again = await prepare(temporary)
  if (again !== undefined) throw new Error(`neither ${wanted} (${why}) nor ${temporary} (${again}) can be written`)
  return { path: temporary, kept: false, why: `${wanted} can't be written (${why})` }
}

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: string
  readonly home: string
}

/** XDG_DATA_HOME or ~/.local/share on Linux, the usual places on macOS and Windows. */
export function defaultWorkspace(where: Surroundings = { env: process.env, platform: process.platform, home: homedir() }): string {
  return join(dataFolder(where), 'reclaim-lab')
}

function dataFolder({ env, platform, home }: Surroundings): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support')
  if (platform === 'win32') return env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local')
  // The XDG specification: a relative path is to be ignored.
  const xdg = env['XDG_DATA_HOME']
  return xdg !== undefined && xdg.startsWith('/') ? xdg : join(home, '.local', 'share')
}

/** Makes the folders and proves that a file can be written; the reason why not otherwise. */
async function prepare(path: string): Promise<string | undefined> {
  const probe = join(path, `.probe-${process.pid}`)
  try {
    for (const folder of WORKSPACE_FOLDERS) await mkdir(join(path, folder), { recursive: true })
    await writeFile(probe, 'x')
    await rm(probe)
    return undefined
  } catch (error) {
    return error instanceof Error ? plainReason(error) : String(error)
  }
}

/** Why the file system refused, in words. */
export function plainReason(error: Error): string {
  const code = 'code' in error ? String(error.code) : ''
  const words: Readonly<Record<string, string>> = {
    EACCES: 'permission denied', EPERM: 'permission denied', EROFS: 'read-only file system', ENOTDIR: 'a part of the path is not a folder',
    ENOENT: 'no such file or folder', EEXIST: 'there is a file of that name', ENOSPC: 'no space left', EDQUOT: 'quota used up', ENAMETOOLONG: 'the path is too long',
  }
  return words[code] ?? error.message
}

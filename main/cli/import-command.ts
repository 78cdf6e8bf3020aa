/** `lab import`: a machine's own files become a scenario. */
import { createReadStream, existsSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { ImportSource, ImportSummary, MachineFiles, Result, Text } from '../../preload/contract'
import { createContent } from '../lab/default-content'
import { importTrace } from '../lab/import/trace/import-trace'
import { defaultKernel } from '../lab/request'
import { writeAtomic } from '../store/atomic-file'
import type { Arguments } from './arguments'
import { toJson, type Command, type CommandContext } from './command'
import { EXIT, type ExitCode } from './exit-codes'
import { refuse, unwrap } from './problem-error'
import { readTextFile } from './scenario-argument'
import { messageOf } from '../lab/problems'

export const importCommand: Command = {
  name: 'import',
  about: 'turn /proc/zoneinfo (and more) of a machine, an OOM report of its kernel, or a trace into a scenario',
  details: [
    'The argument is a zoneinfo file, a folder that holds zoneinfo and perhaps meminfo, vmstat, buddyinfo, swaps and sys/vm/ (such as /proc), a config.json of a recorded run,',
    'a log (dmesg, journal) with what the kernel printed when it ran out of memory,',
    'or - for stdin. Without an argument: this machine. With --json: {scenario, kernel, read, assumed, notModelled}.',
  ].join('\n'),
  names: [], optionalNames: ['zoneinfo|folder|config.json|log|trace|-'],
  options: {
    meminfo: { type: 'string', value: 'FILE', about: 'its /proc/meminfo' },
    vmstat: { type: 'string', value: 'FILE', about: 'its /proc/vmstat' },
    buddyinfo: { type: 'string', value: 'FILE', about: 'its /proc/buddyinfo' },
    swaps: { type: 'string', value: 'FILE', about: 'its /proc/swaps' },
    sysctl: { type: 'string', value: 'FILE', about: 'its sysctls, as `sysctl -a` prints them' },
    trace: { type: 'boolean', about: 'the file is a trace: oracleGeneral or CSV of libCacheSim (.zst, .gz or plain), or text of ftrace or perf script; its accesses become the workload' },
    memory: { type: 'string', value: 'MIB', about: 'with --trace: memory of the machine (half of what the trace touches)' },
    out: { type: 'string', short: 'o', value: 'FILE.json', about: 'write the scenario there; `lab run FILE.json` runs it' },
    force: { type: 'boolean', about: 'replace FILE.json if it exists' },
  },
  run: importMachine,
}

async function importMachine({ args, json, output }: CommandContext): Promise<ExitCode> {
  const summary = unwrap(args.flag('trace') ? await traceOf(args) : await createContent().importMachine(await sourceOf(args)))
  const target = args.text('out')
  if (target !== undefined) await writeScenario(target, summary, args.flag('force'))
  await output.out(json ? toJson(summary) : text(summary, target))
  return EXIT.ok
}

async function sourceOf(args: Arguments): Promise<ImportSource> {
  const [argument] = args.positionals
  if (argument === undefined) return { kind: 'this-machine' }
  if (argument !== '-' && existsSync(argument) && statSync(argument).isDirectory()) return { kind: 'text', files: await filesOf(argument, args) }
  const content = await readTextFile(argument)
  if (argument.endsWith('.json')) return { kind: 'config-json', text: content }
  return { kind: 'text', files: { zoneinfo: content, ...await namedFiles(args) } }
}

const PAGES_PER_MIB = 256
const MOST_MIB = 262_144

/** Streamed from the file, however large: only what is kept takes memory. */
async function traceOf(args: Arguments): Promise<Result<ImportSummary>> {
  const [path = refuse('FILE', 'is missing: lab import FILE --trace')] = args.positionals
  const mib = args.whole('memory', 4, MOST_MIB, 0)
  const chunks = path === '-' ? process.stdin : createReadStream(path)
  try {
    return await importTrace({ name: basename(path), chunks, ...(mib === 0 ? {} : { memoryPages: mib * PAGES_PER_MIB }) }, defaultKernel(createContent().kernels).definition)
  } catch (error) {
    return refuse(path, messageOf(error))
  } finally {
    chunks.destroy()
  }
}

const OPTIONAL = ['meminfo', 'vmstat', 'buddyinfo', 'swaps'] as const

async function namedFiles(args: Arguments): Promise<Omit<MachineFiles, 'zoneinfo'>> {
  const files: { meminfo?: string; vmstat?: string; buddyinfo?: string; swaps?: string; sysctl?: Readonly<Record<string, string>> } = {}
  for (const name of OPTIONAL) {
    const path = args.text(name)
    if (path !== undefined) files[name] = await readTextFile(path)
  }
  const sysctl = args.text('sysctl')
  if (sysctl !== undefined) files.sysctl = sysctlLines(sysctl, await readTextFile(sysctl))
  return files
}

async function filesOf(folder: string, args: Arguments): Promise<MachineFiles> {
  const found: { meminfo?: string; vmstat?: string; buddyinfo?: string; swaps?: string } = {}
  for (const name of OPTIONAL) if (existsSync(join(folder, name))) found[name] = await readTextFile(join(folder, name))
  const sysctl = await sysctlFolder(join(folder, 'sys', 'vm'))
  return { zoneinfo: await readTextFile(join(folder, 'zoneinfo')), ...found, ...(sysctl === undefined ? {} : { sysctl }), ...await namedFiles(args) }
}

/** Files that may not be read (some need root) are left out. */
async function sysctlFolder(folder: string): Promise<Readonly<Record<string, string>> | undefined> {
  if (!existsSync(folder)) return undefined
  const pairs: [string, string][] = []
  for (const name of await readdir(folder)) {
    const content = await readTextFile(join(folder, name)).catch(() => undefined)
    if (content !== undefined) pairs.push([`vm.${name}`, content.trim()])
  }
  return Object.fromEntries(pairs)
}

function sysctlLines(path: string, content: string): Readonly<Record<string, string>> {
  const lines = content.split('\n').map((line, i) => ({ line: line.trim(), at: i + 1 })).filter(({ line }) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(lines.map(({ line, at }): [string, string] => {
    const equals = line.indexOf('=')
    return equals < 1 ? refuse(`${path}:${at}`, 'must be name = value') : [line.slice(0, equals).trim(), line.slice(equals + 1).trim()]
  }))
}

async function writeScenario(target: string, summary: ImportSummary, force: boolean): Promise<void> {
  const path = resolve(target)
  if (existsSync(path) && !force) refuse('--out', `${target} exists; --force replaces it`)
  if (!existsSync(dirname(path))) refuse('--out', `there is no folder ${dirname(path)}`)
  await writeAtomic(path, `${JSON.stringify(summary.scenario, null, 2)}\n`).catch((error: unknown) => refuse('--out', `${target} can't be written: ${messageOf(error)}`))
}

function text(summary: ImportSummary, target: string | undefined): string {
  const zones = summary.scenario.machine.zones.map((zone) => `  node ${zone.node} ${zone.name}: ${zone.managed.toLocaleString('en-US')} managed pages${zone.free === undefined ? '' : `, ${zone.free.toLocaleString('en-US')} free`}\n`).join('')
  const part = (title: string, lines: readonly Text[]): string => lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  ${line.en}\n`).join('')}`
  return `Machine\n${zones}${part('Read', summary.read)}${part('Assumed', summary.assumed)}${part('Not modelled', summary.notModelled)}${target === undefined ? '' : `Written to ${target}${summary.kernel === defaultKernel(createContent().kernels).definition.name ? '' : `; run it with --base ${summary.kernel}`}\n`}`
}

/** The window's requests about sweeps, on this machine or on a queue. The queue's room is light: what it needs of others is loaded when one is opened. */
import type { QueueRef, Result } from '../../../preload/contract'
import { ENVIRONMENT, FORM, readAddress, type QueueAddress } from '../../queue/address'
import { adoptQueued, attachSweep, queueOverview, queueSweep } from '../../queue/queue'
import type { Keeper } from '../history/keeper'
import type { Lab } from '../lab-types'
import type { LabParts } from '../parts'
import type { PolicyLibrary } from '../policy-library'
import { done, fail, guarded } from '../problems'
import type { Sweep } from './collect'
import type { Experiments } from '../experiments'
import { openPoint } from './open-point'
import { countPoints, prepareSweep } from './prepare-sweep'
import { readRule } from './recordings'
import { resumeOnQueue } from './resume-on-queue'
import { sweepCsv } from './sweep-csv'
import type { Sweeps } from './sweeps'

type SweepAnswers = Pick<Lab, 'sweep' | 'sweepSize' | 'sweepStatus' | 'openSweepPoint' | 'sweepCsv' | 'queueOverview' | 'watchSweep' | 'resumeOnQueue'>

export function sweepRequests(parts: LabParts, library: PolicyLibrary, sweeps: Sweeps, experiments: Experiments, keeper?: Keeper): SweepAnswers {
  const found = (id: string): Result<Sweep> => {
    const sweep = sweeps.find(id)
    return sweep === undefined ? fail('id', `there is no sweep ${id.slice(0, 40)}`) : done(sweep)
  }
  return {
    sweep: async (request) => guarded('request', async () => {
      const prepared = await prepareSweep(request, parts.content, library)
      if (!prepared.ok) return prepared
      const rule = readRule(String(request.recordings ?? 'none'), 'recordings')
      if (!rule.ok) return rule
      if (rule.value !== 'none' && keeper === undefined) return fail('recordings', 'can only be kept in a history, and this lab keeps none')
      if (request.queue === undefined) return done({ id: (await sweeps.start(prepared.value, rule.value)).id })
      const address = addressOf(request.queue)
      return address.ok ? named(await sweeps.queue(prepared.value, (id, options) => queueSweep(id, address.value, prepared.value, options), { rule: rule.value })) : address
    }),
    sweepSize: async (sweep) => countPoints(sweep),
    openSweepPoint: async (id, point) => guarded('point', async () => {
      const sweep = found(id)
      return sweep.ok ? openPoint(sweep.value, point, experiments, keeper?.history) : sweep
    }),
    sweepStatus: async (id) => {
      const sweep = found(id)
      return sweep.ok ? done(sweep.value.status()) : sweep
    },
    sweepCsv: async (id) => {
      const sweep = found(id)
      return sweep.ok ? done(sweepCsv(sweep.value)) : sweep
    },
    queueOverview: async (queue) => guarded('queue', async () => {
      const address = addressOf(queue)
      return address.ok ? queueOverview(address.value, (raised) => { keeper?.alarmed(raised) }) : address
    }),
    watchSweep: async (queue, sweep) => guarded('queue', async () => {
      const address = addressOf(queue)
      if (!address.ok) return address
      const already = sweeps.following(address.value.shown, sweep)
      if (already !== undefined) return done({ id: already.id })
      const adopted = await adoptQueued(address.value, sweep, parts)
      return adopted.ok ? named(await sweeps.watch((id, options) => attachSweep(id, address.value, sweep, options), adopted.value)) : adopted
    }),
    resumeOnQueue: async (entry, queue) => guarded('queue', async () => {
      const address = addressOf(queue)
      if (!address.ok) return address
      return keeper === undefined ? fail('history', 'this lab keeps no history') : named(await resumeOnQueue(keeper.history, entry, address.value, sweeps))
    }),
  }
}

const LONGEST = 200_000
const PARTS = ['username', 'password', 'ca', 'cert', 'key', 'servername'] as const

/** The bridge carries anything. User and password may come from the lab's own environment, as on a command line. */
function addressOf(queue: unknown): Result<QueueAddress> {
  const given = (queue ?? {}) as Partial<Record<keyof QueueRef, unknown>>
  if (typeof given.url !== 'string') return fail('queue', 'must be an address and perhaps user, password and certificates')
  const wrong = PARTS.find((part) => given[part] !== undefined && (typeof given[part] !== 'string' || given[part].length > LONGEST))
  if (wrong !== undefined) return fail(`queue.${wrong}`, `must be text of at most ${LONGEST} characters`)
  const env: Partial<Record<typeof PARTS[number], string | undefined>> = { username: process.env[ENVIRONMENT.username], password: process.env[ENVIRONMENT.password] }
  const parts = Object.fromEntries(PARTS.flatMap((part) => {
    const own = given[part] === undefined || given[part] === '' ? env[part] : given[part]
    return own === undefined ? [] : [[part, own]]
  })) as Partial<Record<typeof PARTS[number], string>>
  return readAddress({ ...parts, url: given.url.trim() }, 'queue', false, FORM)
}

function named(sweep: Result<Sweep>): Result<{ readonly id: string }> {
  return sweep.ok ? done({ id: sweep.value.id }) : sweep
}


/**
 * Recordings that were asked for, on their way from a worker to whoever keeps them: as the history's files are (compressed, with a checksum), each within a size, all that wait
 * within another, since they lie in the server's memory. One that is too large, or has no room, is refused with words; its summary is kept, and the run can be made again.
 * What arrives is unpacked with care, and its digest computed anew.
 */
import type { Redis } from 'ioredis'
import { recordingDigest, type Recording } from '../engine'
import type { FinishedRun } from '../lab/sweep/finished-run'
import { isGranted, type Wish } from '../lab/sweep/recordings'
import { messageOf } from '../lab/problems'
import { decodeRecording, encodeRecording } from '../store/history/recording-file'
import { KEYS } from './keys'
import { isOutOfMemory } from './link'

export const MOST_BYTES = { one: 8 * 2 ** 20, all: 256 * 2 ** 20 } as const
/** A few bytes may say that they are gigabytes. */
const MOST_UNPACKED = 256 * 2 ** 20

/** Keys: recordings, their bytes. Arguments: run, recording, most. */
const SHIP = `
local sum = tonumber(redis.call('GET', KEYS[2]) or '0') - redis.call('HSTRLEN', KEYS[1], ARGV[1]) + string.len(ARGV[2])
if sum > tonumber(ARGV[3]) then return 'full' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('SET', KEYS[2], sum)
return 'put'`

/** Keys: recordings, their bytes. Arguments: runs. A server without memory may refuse the counting, and then counts too much until nothing waits. */
const DROP = `
local freed = 0
for _, run in ipairs(ARGV) do
  freed = freed + redis.call('HSTRLEN', KEYS[1], run)
  redis.call('HDEL', KEYS[1], run)
end
if redis.call('HLEN', KEYS[1]) == 0 then redis.call('DEL', KEYS[2])
elseif freed > 0 then redis.pcall('DECRBY', KEYS[2], freed) end
return 1`

export async function wish(redis: Redis, engine: string, wishes: ReadonlyMap<string, Wish>): Promise<void> {
  if (wishes.size > 0) await redis.hset(KEYS.wishes(engine), new Map(wishes))
}

/** The run as it is handed in: with its recording on the server, or the reason why it isn't; as it was if nobody asked. Throws what the server says to that, but for a lack of memory. */
export async function ship(redis: Redis, engine: string, key: string, run: FinishedRun, recording: Recording | undefined, most: { readonly one: number; readonly all: number } = MOST_BYTES): Promise<FinishedRun> {
  if (recording === undefined || !isGranted(await redis.hget(KEYS.wishes(engine), key), run)) return run
  const packed = encodeRecording(recording, { format: 1, run: key })
  const refused = (why: string): FinishedRun => ({ ...run, recording: { bytes: packed.length, refused: why } })
  if (packed.length > most.one) return refused(`a recording of ${inMib(packed.length)} is too large to travel; at most ${inMib(most.one)}`)
  try {
    const answer = await redis.eval(SHIP, 2, KEYS.recordings(engine), KEYS.recordingBytes(engine), key, packed, String(most.all))
    return answer === 'put' ? { ...run, recording: { bytes: packed.length } } : refused(`recordings of ${inMib(most.all)} wait on the server already, and nobody fetches them`)
  } catch (error) {
    if (!isOutOfMemory(error)) throw error
    return refused('the server had no memory for the recording')
  }
}

/** Undefined when it isn't there (any more); the reason where it isn't what was announced. */
export async function shipped(redis: Redis, engine: string, key: string, { digest }: FinishedRun, mostUnpacked = MOST_UNPACKED): Promise<Recording | string | undefined> {
  if (await redis.hstrlen(KEYS.recordings(engine), key) > MOST_BYTES.one) return `is larger than ${inMib(MOST_BYTES.one)}`
  const packed = await redis.hgetBuffer(KEYS.recordings(engine), key)
  if (packed === null) return undefined
  try {
    const { recording } = decodeRecording(packed, mostUnpacked)
    const own = recordingDigest(recording)
    return own === digest && recording.digest === digest ? recording : `has the digest ${own}, not ${digest ?? ''}`
  } catch (error) {
    return messageOf(error)
  }
}

export async function dropShipped(redis: Redis, engine: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return
  await redis.eval(DROP, 2, KEYS.recordings(engine), KEYS.recordingBytes(engine), ...keys)
  await redis.hdel(KEYS.wishes(engine), ...keys)
}

function inMib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}

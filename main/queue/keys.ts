/** Names of what lies in Redis. One hash tag, so that all is on one node of a cluster and scripts may touch several keys. */

export const PREFIX = '{reclaim-lab}'

/** Runs of one engine version wait in a queue of their own: a worker of another version can't take them by mistake. */
export function queueName(engine: string): string {
  return `runs-${engine}`
}

export const KEYS = {
  /** Hash: content hash -> scenario or policy source. */
  parts: `${PREFIX}:parts`,
  /** Hash: sweep -> its plan. */
  sweeps: `${PREFIX}:sweeps`,
  /** List: the keys of a sweep's runs, in the order of its places. */
  sweepRuns: (sweep: string) => `${PREFIX}:sweep:${sweep}`,
  /** List: what makes its runs, by point and machine, with the first seed. */
  sweepSpecs: (sweep: string) => `${PREFIX}:sweep:${sweep}:specs`,
  /** For a while after a sweep was forgotten: whoever watches it doesn't take that for a loss. */
  forgotten: (sweep: string) => `${PREFIX}:forgotten:${sweep}`,
  /** Hash: run -> its summary. */
  results: (engine: string) => `${PREFIX}:results:${engine}`,
  /** List: runs in the order in which their summaries came. */
  arrivals: (engine: string) => `${PREFIX}:arrivals:${engine}`,
  /** Hash: run -> its recording, until somebody has kept it; how many bytes they have together. */
  recordings: (engine: string) => `${PREFIX}:recordings:${engine}`,
  recordingBytes: (engine: string) => `${PREFIX}:recordings:bytes:${engine}`,
  /** Hash: run -> when its recording is wanted. */
  wishes: (engine: string) => `${PREFIX}:wishes:${engine}`,
  /** Hash: run -> the two digests that should have been one. */
  alarms: (engine: string) => `${PREFIX}:alarms:${engine}`,
  /** Set: engine versions that runs were ever put there for. */
  engines: `${PREFIX}:engines`,
  /** Hash: worker -> what it does; sorted set: worker -> when it was last heard of. */
  workers: `${PREFIX}:workers`,
  /** Written to see whether writing works. */
  probe: `${PREFIX}:probe`,
  workersSeen: `${PREFIX}:workers:seen`,
} as const

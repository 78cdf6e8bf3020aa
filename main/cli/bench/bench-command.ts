/** `lab bench`: declared here; the work is loaded when asked for, since it brings the whole engine into this process. */
import type { Command } from '../command'

export const benchCommand: Command = {
  name: 'bench',
  about: 'measure the engine on this machine',
  details: [
    'Figures are medians over rounds, but for what policies cost: there the quickest of at least 15 rounds of each slice of a run are added up. Rates are by the CPU time of the measuring thread, so other programs disturb them little. ratioToBareLoop is touches per second over the accesses per second of a bare second-chance LRU loop over typed arrays,',
    'measured in the same rounds; `ratios` holds the same for the other rates. Floors are those the project promises on a machine of two shared cores.',
  ].join('\n'),
  names: [],
  options: { rounds: { type: 'string', value: 'N', about: 'rounds a figure, 1 to 25 (3)' } },
  run: async (context) => (await import('./bench')).bench(context),
}

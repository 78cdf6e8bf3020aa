/** Words of sweeps: what is kept of their runs, and opening a point. */
const runs = (count: number): string => (count === 1 ? '1 run' : `${count} runs`)

export const keepingEn = {
  label: 'Keep recordings', seed: 'Seed', rules: { none: 'none', failed: 'of failed runs', seed: 'of one seed', all: 'of all runs' },
  noneHint: 'Numbers are kept of every run. A run without a recording is made again, to the same digest, when it is opened.',
  cost: (count: string, total: string, each: string, measured: boolean) => `${count} recordings, about ${total} on the disk (${each} each, ${measured ? 'the mean of your history' : 'as most presets take'}).`,
  costAtMost: (count: string, total: string, each: string, measured: boolean) => `Of runs that get stuck, panic or have a policy ejected: at most ${count} recordings, ${total} on the disk (${each} each, ${measured ? 'the mean of your history' : 'as most presets take'}).`,
  room: (room: string, limit: string) => `The history has room for ${room} of its ${limit}.`,
  tooMuch: (room: string, limit: string) => `The history has room for ${room} of its ${limit}: when the sweep ends the oldest recordings give way. The limit can be raised in History.`,
  unkept: 'It is only watched and not in the history:',
  kept: (kept: number) => `${kept} ${kept === 1 ? 'recording' : 'recordings'} kept.`, refused: (count: number, why: string) => `${count} not: ${why}`,
}

export const pointEn = {
  open: (where: string) => `Open the runs of ${where} as a comparison`,
  curve: (title: string) => `${title}: arrows choose a point, Enter opens its runs`, hint: 'Click a point to open its runs.',
  opened: (where: string, count: number, kept: number) => `Open below: ${where}, ${runs(count)}; ${kept === count ? 'from recordings' : kept === 0 ? 'no recordings are kept, so a run is made again, to the same digest, when it is looked at' : `${kept} from recordings, others made again, to the same digest, when looked at`}.`,
}

/** Words of the history, in English. */
import { plural } from './plural'

export const historyEn = {
  title: 'History', now: 'Comparison', show: 'What the pane shows', search: 'Search', searchHint: 'Name, policy, tag …', tag: 'Tag', anyTag: 'all tags', anyKind: 'all kinds', kinds: { comparison: 'Comparison', sweep: 'Sweep' }, kind: 'Kind', onlyPinned: 'Pinned', showRemoved: 'Removed',
  empty: 'Nothing is kept yet', emptyHint: 'Every comparison and sweep that you run lands here.', noneFits: 'Nothing fits', more: (count: number) => `Show ${plural(count, 'more', 'more')}`,
  name: 'Name', when: 'When', machines: 'Machines', state: 'State', size: 'Size', tags: 'Tags', choose: (name: string) => `Choose ${name}`, pin: (name: string) => `Pin ${name}: never let go to make room`, unpin: (name: string) => `Unpin ${name}`, actions: (name: string) => `More for ${name}`,
  states: { running: 'running', done: 'done', cancelled: 'cancelled', failed: 'failed', interrupted: 'interrupted' }, endedOf: (ended: number, runs: number) => `${ended} of ${runs}`, seeds: (seeds: number) => plural(seeds, 'seed', 'seeds'),
  otherEngine: (engine: string) => `engine ${engine}`, otherEngineWhy: 'Made by another version of the engine: it can be looked at, but is never mixed with runs of this one.', fromTerminal: 'terminal', fromQueue: 'queue', found: 'found again', foundWhy: 'Brought back from its recordings after the database was damaged.',
  open: 'Open', goOn: 'Make the missing runs', goOnQueued: 'Make them on the queue', rename: 'Name…', editTags: 'Tags…', editNote: 'Note…', remove: 'Remove', restore: 'Bring back', nameLabel: 'Name', tagsLabel: 'Tags, with commas between', noteLabel: 'Note', save: 'Save',
  removed: (name: string) => `${name} was removed.`, undo: 'Undo', tooLong: (most: number) => `At most ${most} characters.`,
  compare: (count: number) => `Compare ${plural(count, 'machine', 'machines')}`, compareHint: 'Choose two machines or more, of the same workload and engine. The first chosen is the base.', cantCompare: 'These can’t be compared', base: 'base',
  space: (recordings: number, size: string, limit: string) => `${plural(recordings, 'recording takes', 'recordings take')} ${size} of at most ${limit}.`, spaceRest: (database: string, removed: string) => `Database ${database}, removed ${removed}.`, limit: 'Limit, GiB', limitHint: 'Above it the oldest recordings are let go, never pinned ones. Numbers stay, and a run can be made again.', emptyRemoved: 'Delete removed for good', emptyRemovedAsk: 'What was removed, with its recordings, can’t be brought back then.',
  unavailable: 'The history can’t be written; what you run is not kept:', refresh: 'Look again',
  unclean: 'The lab ended without being closed. It was at:', reports: (count: number) => `${plural(count, 'thing', 'things')} in the history ${count === 1 ? 'was' : 'were'} found damaged or wrong.`, details: 'Details', reportTitle: 'Found damaged', keptAs: 'Now at', reportKinds: { database: 'Database', recording: 'Recording', digest: 'Digest' },
  failed: 'The history could not do this', versionsOf: 'Earlier texts', whys: { saved: 'saved', outside: 'from outside', kept: 'unsaved, kept' }, restoreText: 'Restore this text', restored: 'The earlier text is in the editor; save to keep it. The text it replaced is among the earlier ones.',
}

export type HistoryMessages = typeof historyEn

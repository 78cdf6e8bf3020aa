/** The history of the window's fake lab: nothing is kept, everything is answered. */
import type { HistoryOverview, HistoryRequests, Result } from '../../preload/contract'

const overview: HistoryOverview = { space: { entries: 0, runs: 0, recordings: 0, recordingBytes: 0, pinnedBytes: 0, removedBytes: 0, databaseBytes: 0, limitBytes: 2 ** 32 }, reports: [], tags: [], unclean: [] }
const none = (): Promise<Result<never>> => Promise.resolve({ ok: false, problems: [{ path: 'entry', message: 'there is no such entry' }] })
const done = (): Promise<Result<null>> => Promise.resolve({ ok: true, value: null })
const space = (): Promise<Result<HistoryOverview['space']>> => Promise.resolve({ ok: true, value: overview.space })

export const fakeHistory: HistoryRequests = {
  history: () => Promise.resolve({ ok: true, value: { entries: [], total: 0 } }),
  historyOverview: () => Promise.resolve(overview),
  historyDetail: none, historyOpen: none, historyResume: none, historyCompare: none, historyChange: none,
  historyRemove: done, historyRestore: done, historyLimit: space, historyEmpty: space, historyDismiss: done, historyShow: done,
  fileVersions: () => Promise.resolve({ ok: true, value: [] }),
  fileVersion: none,
  keepVersion: done,
}

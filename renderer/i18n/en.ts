/** The window's words in English. `Messages` is the shape every other language must fill. */
import { guideEn } from './guide-en'
import { historyEn } from './history-en'
import { policiesEn } from './policies-en'
import { rulesEn } from './rules-en'
import { keepingEn, pointEn } from './sweep-en'
import { plural } from './plural'

export const en = {
  keeping: keepingEn, point: pointEn,
  history: historyEn, guide: guideEn,
  rules: rulesEn,
  inUse: policiesEn,
  // Shell
  setup: 'Setup', editor: 'Editor', results: 'Results', panes: 'Panes', language: 'Language', resize: 'Resize panes', close: 'Close', dismiss: 'Dismiss', reloadPage: 'Reload',
  fatalTitle: 'The lab can’t be shown', fatalText: 'Your policies, scenarios and drafts are kept. What went wrong:',
  bridgeLost: 'The connection to the lab is lost; it is tried again. What you typed is still here.', bridgeFailed: 'The lab could not answer:', notKept: 'Nothing is kept: the workspace is a temporary folder.',
  none: 'none', cancel: 'Cancel', remakingCancelled: 'Cancelled.', undo: 'Undo', taken: (what: string) => `${what} was taken away.`, presetReplaced: 'Another preset: variants and sysctls of the one before are gone.', listComma: ', ', fullStop: '.',
  shortcuts: 'Keys and help',
  commands: {
    run: 'Run the comparison', save: 'Save, check and run again', palette: 'Find a command', help: 'Keys and help', goSetup: 'Go to setup', goEditor: 'Go to editor', goResults: 'Go to results', history: 'Show the history', reference: 'Policy API reference', baseSource: 'Base kernel’s code of the hook at the cursor', compareHook: 'Compare the hook at the cursor with the base', report: 'Export a report', bundle: 'Export a bundle', openBundle: 'Open a bundle or report',
    newPolicy: 'New policy', newRules: 'New policy from rules', sideBySide: 'Charts side by side', overlaid: 'Charts overlaid', saveLayout: 'Save this layout', tour: 'Take the tour', claims: 'What the articles say: true or wrong', otherLanguage: 'Speak Chinese (中文)', zoomIn: 'Zoom in', zoomOut: 'Zoom out', earlier: 'Move to earlier', later: 'Move to later', zoomAll: 'Show all of the run',
  },
  palette: { find: 'Type a command, preset or policy', nothing: 'Nothing fits.', command: 'Command', preset: 'Preset', policy: 'Policy' },
  keys: {
    hint: 'Click keys to change them: press new ones, Backspace for none, Escape to leave them.', places: { anywhere: 'Anywhere', charts: 'Charts (when focused)' }, none: 'none', press: 'Press keys…', taken: (key: string, command: string) => `${key} is “${command}” already.`,
    change: (command: string) => `Change the keys of “${command}”`, reset: (command: string) => `Reset the keys of “${command}”`, resetAll: 'Reset all keys', words: 'Words', findWord: 'Find a word',
    fixedPlaces: { window: 'Anywhere, fixed', charts: 'Charts, by the wheel', lane: 'Event lane', inspector: 'While an event is open', curve: 'Curve of a sweep', divergence: 'Where two runs part', travel: 'Travel through a run', form: 'Scenario form', tour: 'Tour', editor: 'Editor' },
    fixed: {
      cancel: 'Cancel the comparison', wheelZoom: 'Zoom', wheelPan: 'Move', laneEvent: 'Previous, next event', openEvent: 'Previous, next event', closeEvent: 'Close the event', curvePoint: 'Previous, next point', openPoint: 'Open its runs', difference: 'Previous, next difference', travelEvent: 'Previous, next event',
      travelPass: 'Previous, next pass of kswapd', undo: 'Undo', redo: 'Redo', tourStep: 'Back, next', complete: 'Complete', nextProblem: 'Next problem', definition: 'Go to definition; on a hook, to the base kernel’s code', find: 'Find', tabLeaves: 'Let Tab leave the editor',
    },
  },
  layouts: { text: 'Panes, their sizes, how charts are laid out, pinned charts and series, and hidden zones. It is found by its name in the palette.', nameRule: '1 to 40 characters.', tooMany: (most: number) => `${most} layouts are kept. Remove one first, by the palette.`, remove: (name: string) => `Remove layout ${name}`, saved: (name: string) => `Layout ${name} is saved; the palette applies it.` },
  tour: {
    next: 'Next', back: 'Back', end: 'Done',
    steps: [
      { title: 'A machine and its work', text: 'Choose a preset: a machine with memory, disks and swap, and what its processes do. Import your own from /proc, an OOM log or a trace, or edit it as a form or JSON.' },
      { title: 'What is compared', text: 'Each policy, and each variant with other settings, runs on a machine of its own beside the base kernel. Five seeds and more tell effect from chance.' },
      { title: 'Run', text: 'Every machine does the same work. Runs go over all cores; cancelling keeps what is there.' },
      { title: 'What came out', text: 'First the sentence, then metrics with their intervals, then charts over virtual time. Click an event to see who asked, which zone missed which mark, and /proc at that moment. Further down: the first decision in which two runs part, and travel through a run step by step. Export gives reports, bundles and traces.' },
      { title: 'Policies', text: 'Decisions of the kernel are hooks in TypeScript. Fork an example, change it, save: it is checked, loaded and run again. An answer out of range ejects the policy, with its line.' },
      { title: 'Everything else', text: 'Ctrl+K finds every command, preset and policy; ? lists the keys, which can be changed, and explains the words.' },
    ] as readonly { readonly title: string; readonly text: string }[],
  },
  pinned: { title: 'Pinned series', pinSeries: (series: string) => `Pin series ${series}`, unpinSeries: (series: string) => `Unpin series ${series}`, pin: (title: string) => `Pin ${title} to the top`, unpin: (title: string) => `Unpin ${title}`, zones: 'Zones shown' },

  // Running
  run: 'Run', cancelling: 'Cancelling…', starting: 'Starting…', runProgress: 'Progress',
  runsDone: (done: number, all: number) => `${done} of ${plural(all, 'run', 'runs')}`, toGo: (time: string) => `about ${time} to go`,
  experimentStates: { running: 'Running', done: 'Done', cancelled: 'Cancelled', failed: 'Failed' },
  refused: 'This comparison can’t be run', sweepRefused: 'This sweep can’t be run', queueRefused: 'The queue can’t be used', colon: ': ', failed: 'The comparison failed',
  nothingRun: 'Ready to compare', nothingRunHint: 'Each machine runs the same workload; only the policy or the settings differ.',

  // Setup
  machineAndWorkload: 'Machine and workload', compareWith: 'Compare', sysctls: 'Sysctls', seeds: 'Seeds', seed: 'Seed',
  yours: 'Yours', savedScenarios: 'Saved', importMachine: 'Import a machine…', editScenario: 'Edit the scenario',
  tooLongForDraft: 'This scenario is too long to be kept as a draft: save it with Ctrl+S while its tab is open.',
  scenarioBroken: (count: number) => `The scenario has ${plural(count, 'problem', 'problems')}; it can’t run yet.`, scenarioMissing: 'No scenario is open.',
  zone: 'Zone', size: 'Size', cpus: 'CPUs', swap: 'Swap', tasks: 'Tasks', atMost: 'At most',
  nodeZone: (node: number, zone: string) => `Node ${node} ${zone}`,
  baseKernel: 'Base kernel', policies: 'Policies, each on a machine of its own', noPolicies: 'No policies yet.', newPolicy: 'New policy…', viewSource: 'Source', fork: 'Fork', forkHint: 'A copy in your workspace that you can change', rename: 'Rename', remove: 'Remove',
  moreOf: (name: string) => `More for ${name}`, takeIn: (name: string) => `Take ${name} into the comparison`, openInEditor: 'Open in the editor', example: 'example', broken: 'broken', ejected: 'ejected',
  backTo: (value: string) => `Back to ${value}`, paramRange: (min: string, max: string, step: string) => `From ${min} to ${max}${step === '' ? '' : ` in steps of ${step}`}.`,
  sweep: 'Sweep', sweepAxes: 'What the sweep varies', sweepHint: 'An axis a line: name=first..last:step, first..last*factor or a,b,c. Runs the machine, base, policies and seeds above.', runSweep: 'Run sweep', copyCsv: 'Copy CSV', closeSweep: 'Close', alongAxis: 'Along each curve:',
  sweepProgress: (ended: number, runs: number) => `${ended} of ${plural(runs, 'run', 'runs')}`, sweepLost: (lost: number) => `${plural(lost, 'run', 'runs')} did not come to the end and ${lost === 1 ? 'is' : 'are'} left out.`,
  onQueue: 'On a queue, by other machines', queueHint: 'Runs go on a queue in Redis or Valkey; “lab worker --queue …” on any machine makes them. Password and key are kept nowhere.', queueAddress: 'Address of the queue', queueUser: 'User, where it has one', queuePassword: 'Password, where it has one',
  queueFiles: { ca: 'Authority (CA)…', cert: 'Own certificate…', key: 'Its key…' }, queueFileGone: (name: string) => `Without ${name}`, queueServerName: 'Name in the server’s certificate', queueTlsHint: 'PEM files, and only where the server needs them: the authority if the system doesn’t know it, certificate and key if it asks for them, the name if it isn’t the host’s.',
  runOnQueue: 'Run on the queue', lookAtQueue: 'What is on it?', queueSweeps: 'Sweeps on the queue', queueWorkers: 'Workers', noQueuedSweeps: 'No sweeps.', noWorkers: 'No workers.', watchSweep: 'Watch', takeOffQueue: 'Take off the queue', stopWatching: 'Stop watching', sweepElsewhere: 'Another lab runs it; results show here as it writes them.', engineVersion: (engine: string) => `engine ${engine}`,
  queueCounts: (engine: string, waiting: number, running: number) => `Engine ${engine}: ${plural(waiting, 'run waits', 'runs wait')}, ${running} being made.`, queueAlarms: (alarms: number) => `${plural(alarms, 'run has', 'runs have')} two digests: determinism is broken somewhere.`,
  queueNow: (waiting: number, running: number, workers: number) => `${waiting} wait, ${running} being made, ${plural(workers, 'worker', 'workers')}`, workerDoes: (running: number, parallel: number, made: number, seconds: number) => `${running} of ${parallel} running, ${made} made, heard of ${seconds} s ago`,
  workerStates: { works: 'works', waits: 'waits', held: 'holds results', refuses: 'refuses', ends: 'ends', gone: 'silent' },
  queueAway: 'No connection to the queue; trying again. Nothing is lost.', queueRefuses: 'The queue’s server refuses:', queueNoWorker: 'No worker is there: “lab worker --queue …” makes the runs.', queueOtherEngines: (engine: string, names: string) => `No worker of engine ${engine} is there; others refuse these runs: ${names}.`,
  queueHeld: (names: string) => `${names}: the server takes no results now, so they are held.`, queueMissing: (runs: number) => `${plural(runs, 'run is', 'runs are')} neither done nor on the queue: the server has lost them. Run the sweep again to put them back.`,
  queueAlarm: (run: string, one: string, other: string) => `Run ${run} has two digests, ${one} and ${other}. Determinism is broken somewhere; the run is left out.`,
  sweepEjected: (runs: number) => `In ${plural(runs, 'run', 'runs')} a policy was ejected.`, bestPoint: 'Best', asGoodPoint: 'Can’t be told from the best',
  variants: 'Variants', variant: 'variant', newVariant: 'New variant', variantsNone: 'Other settings beside the base: a name, and what is set.', variantLabel: 'Name of the variant', variantSets: (label: string) => `What ${label} sets`,
  removeVariant: (label: string) => `Remove ${label}`, variantWord: (word: string) => `“${word}” is not name=value.`, variantMachine: (parts: string) => `With its own ${parts}.`,
  sysctlsNone: 'As the machine has them. What is set here holds on every machine; a variant, above, compares settings.', sysctlsEverywhere: 'Set on every machine, the base too.', sysctlsToVariant: 'Compare with and without', sysctlsToVariantHint: 'The base keeps the machine’s own values; a variant beside it gets these', addSysctl: 'Override a sysctl…', removeSysctl: (name: string) => `Remove ${name}`,
  sysctlUnknown: (name: string) => `${name || 'This'} is no sysctl that the lab knows.`, sysctlCount: (wanted: number, got: number) => `Needs ${plural(wanted, 'number', 'numbers')}, got ${got}.`,
  sysctlNotWhole: (word: string) => `“${word}” is not a whole number.`, sysctlRange: (value: number, min: number, max: number) => `${value} is outside ${min}…${max}.`,
  seedsHint: (runs: number) => `${plural(runs, 'run', 'runs')} in all. From 5 seeds on, chance and effect can be told apart.`,

  // Scenario as a form
  form: {
    view: 'Show as', form: 'Form', undo: 'Undo', redo: 'Redo', add: 'Add…', addTo: (name: string) => `Add to ${name}`, clear: (name: string) => `Remove ${name}`, noNumber: (text: string) => `“${text}” is no number.`, noJson: 'The text is no JSON object, so there are no fields. Mend it in the JSON view.',
    manyNumbers: (count: number) => `${plural(count, 'number', 'numbers')}; change them as JSON.`, more: (count: number) => `Show more (${count})`, up: (item: number) => `Move ${item} up`, down: (item: number) => `Move ${item} down`, copy: (item: number) => `Copy ${item}`, problems: (count: number) => plural(count, 'problem', 'problems'),
    timeline: 'Phases over time', timelineMeasured: 'Phases as the last run had them.', timelineStated: 'Phases as far as they say how long they take; hatched ones depend on the run.', moreProcesses: (count: number) => `${plural(count, 'more process', 'more processes')}.`,
  },

  // Import
  importFrom: 'Import from', importFiles: 'Files of a machine', thisMachine: 'This machine', importHint: 'Paste what the files print, or drop them here. Parts of a listing will do: a zone needs its name and “managed”. An OOM report (dmesg, a journal) goes into the first field.',
  thisMachineHint: 'Reads /proc/zoneinfo, meminfo, vmstat, buddyinfo and /proc/sys/vm of the machine this lab runs on. Nothing is changed and nothing leaves it.', configHint: 'A config.json of a recorded run: machine, sysctls and workload.',
  traceFile: 'Trace', traceHint: 'What a machine really touched becomes the workload: traces of libCacheSim (oracleGeneral or CSV, also .zst and .gz), or text of ftrace or perf script with filemap and page-fault events.',
  traceBytes: (bytes: string) => `${bytes} bytes.`, traceCut: (bytes: string) => `Only the first ${bytes} are read here; lab import --trace reads all.`, traceMemory: 'Memory of the machine, MiB', traceMemoryHint: 'Empty: half of what the trace touches.',
  openFiles: 'Open files…', needed: 'needed', zoneinfoNeeded: 'zoneinfo or an OOM report is needed.', readIt: 'Read', useMachine: 'Use this machine', importRefused: 'This can’t be read', wasRead: 'Read', wasAssumed: 'Assumed', notModelled: 'Not modelled',

  // Findings
  findingsWaiting: 'The differences appear here as runs finish.', findingsNone: 'No run finished, so there is nothing to compare.', partial: 'Partial: not all runs are in.', cancelledPartial: 'Cancelled: over the runs that were in.',
  seedsRun: (seeds: number) => plural(seeds, 'seed', 'seeds'), setupChanged: 'The setup has changed since: run again to bring this up to date.',
  baseAlone: 'The base ran alone. Take in a policy to compare.',
  comparedWith: (base: string) => `compared with ${base}:`, noDifference: (base: string) => `makes no difference to ${base} that can be told.`, wasEjected: (ejected: number, runs: number) => `Ejected in ${ejected} of ${plural(runs, 'run', 'runs')}; from there the base decided.`, notFinished: 'has no finished run yet.',
  tooFewSeeds: (seeds: number) => `— ${plural(seeds, 'seed is', 'seeds are')} too few to tell chance from effect.`, runSeeds: (seeds: number) => `Run ${seeds} seeds`,
  andMore: (count: number) => `, and ${count} more`, better: 'better', worse: 'worse',

  // Metrics
  time: 'time', units: { 'ns/s': 'time per second', 'count/s': 'a second' } as Readonly<Record<string, string>>,
  metrics: 'Metrics', metric: 'Metric', metricsShown: 'Metrics shown', biggest: 'Biggest', onlyDifferences: 'Differences', allMetrics: (count: number) => `All ${count}`, findMetric: 'Find a metric', noMetrics: 'No metrics yet.', noRowsShown: 'No metric here. Show all to see the ones that stayed the same.',
  rowsHidden: (count: number) => `${plural(count, 'more metric', 'more metrics')} not shown.`, willCompare: (base: string, policies: string, runs: number) => `${base} against ${policies}: ${plural(runs, 'run', 'runs')}.`, willRun: (base: string) => `${base} alone. Take in a policy to compare.`,
  notYet: 'no run yet', verdicts: { better: 'better', worse: 'worse', different: 'different', same: 'same', unclear: 'unclear' }, interval: (low: string, high: string) => `${low} … ${high}`, intervalHint: '95 % interval of the difference, over paired seeds',
  lowerIsBetter: 'Lower is better.', higherIsBetter: 'Higher is better.', neitherIsBetter: 'Neither way is better.',

  // Charts
  charts: 'Charts', chartsWaiting: 'Charts appear when the first run has begun.', runningTo: (time: string) => `running, ${time} so far`, eventsLater: 'at the run’s end', seriesLoading: 'Loading…', nothingHappened: '0 throughout', seriesNone: 'No run of it yet.', layout: 'Layout', sideBySide: 'Side by side', overlaid: 'Overlaid', tooNarrow: 'The pane is too narrow', zoomIn: 'Zoom in', zoomOut: 'Zoom out', zoomAll: 'All', dragToZoom: 'Drag to zoom, click an event to see why', scale: 'Scale', fullScale: 'all', nearMarks: 'near the marks', nearMarksHint: 'End the scale a little above the highest mark',
  claims: { title: 'What the articles say', short: 'Claims', hint: 'Each claim against the sources of 3.18, 5.15 and 6.1. The button loads the preset that shows it and runs it.', articles: 'Articles', all: 'All', noRun: 'No run can show it. See', article: (id: string) => `Article ${id}`, true: 'True.', wrong: 'Wrong.', trueIn: (kernels: string) => `True in ${kernels}.`, run: 'Run the evidence', runOf: (claim: string) => `Run the evidence: ${claim}` },
  events: 'Events', lanes: { kswapd: 'kswapd', direct: 'direct', throttle: 'throttled', oom: 'OOM', failed: 'failed', ejected: 'ejected', policies: 'policies', sysctl: 'sysctl', boost: 'boost', compaction: 'compact', hung: 'hung', disk: 'disk fault', task: 'tasks' },
  laneLabel: (lane: string, machine: string, count: number) => `${lane}, ${machine}, ${plural(count, 'event', 'events')}. Arrow keys step through them.`,

  // Inspector
  inspectorViews: { why: 'Why', gfp: 'gfp', proc: '/proc at this moment', page: 'Follow a page' },
  pageToFollow: 'Page', pageToFollowHint: 'process:region:page such as app:heap:1234, file:/data/x:77, or next-evicted: the first one reclaim frees from this moment on.', followIt: 'Follow',
  pageBeside: 'Beside it', pageBesideHint: 'A second page to compare with, such as file:/dev/shm/x:77; may stay empty.',
  following: 'The run is made again with the page followed…', nothingEvicted: 'No page was evicted from this moment on.', neverInMemory: (page: string) => `Nothing happened to ${page}: it was never in memory.`,
  lifeOf: (page: string) => `The life of ${page}`, whatHappened: 'What happened', moreEvents: (count: string) => `${count} more events had no room.`,
  asking: 'Asking the lab…', procAsking: 'The run is made again up to this moment…', procFile: 'File of /proc', copy: 'Copy', copied: 'Copied.', notCopied: 'The browser did not allow copying.',
  highestZone: 'highest zone', migrateType: 'migrate type', whatFollows: 'What follows', itsFlags: 'Its flags', allocFlagsFast: 'fast path', allocFlagsSlow: 'slow path',
  gfpTopics: { kswapd: 'wakes kswapd', sleep: 'may sleep', reclaim: 'direct reclaim', retry: 'retries', oom: 'OOM killer', reserves: 'reserves', zones: 'zones', mobility: 'mobility', warning: 'warns' }, gfpAnswers: { yes: '✓ yes', no: '✕ no', depends: '~ depends' },
  kernelLog: 'What the kernel printed', inspector: 'Why it happened', at: (time: string) => `at ${time}`, lasted: (time: string) => `for ${time}`, task: 'Task', pagesOf: (pages: number) => plural(pages, 'page', 'pages'), noCause: 'No cause was recorded for this kind of event.',
  zonesTried: 'Zones that were tried', free: 'free', mark: 'mark', reserve: 'reserve', outcome: 'free against mark + reserve', missedBy: (pages: string) => `▼ missed by ${pages}`, passed: '✓ passed', callPath: 'Call path',
  previousEvent: 'Previous event', nextEvent: 'Next event', zonesAt: (label: string) => `Zones at “${label}”`,
  eventKinds: {
    mm_vmscan_kswapd_wake: 'kswapd was woken and starts to reclaim.', mm_vmscan_kswapd_sleep: 'kswapd went back to sleep.', mm_vmscan_wakeup_kswapd: 'An allocation found its zones below the low mark and asked for kswapd.',
    mm_vmscan_direct_reclaim_begin: 'A task could not get memory and reclaims by itself: direct reclaim.', mm_vmscan_direct_reclaim_end: 'Direct reclaim ended; the task tries again.', mm_vmscan_throttled: 'A reclaimer was put to sleep to wait for progress.',
    mm_page_alloc_failed: 'An allocation failed.', mark_victim: 'The OOM killer chose its victim.', lowmemory_kill: 'Android’s low-memory killer took a task.', sysctl_write: 'A sysctl was written.', watermark_boost: 'The watermark was boosted after a fallback.', snap: 'A look at the zones.',
    task_start: 'A task started.', task_exit: 'A task ended.', policy_ejected: 'The policy was ejected; the base decides from here on.', policy_log: 'The policy wrote to its log.', policy_attached: 'The policy decides from here on.', policy_detached: 'The policy no longer decides from here on.', node_reclaim: 'The node reclaimed its own pages before going to another.',
    oom_reap: 'The OOM reaper took the memory of a victim that did not exit by itself.', sched_process_hang: 'A task was found in uninterruptible sleep for too long: a hung task.', disk_stall: 'A disk stopped answering for a while, as the scenario asked.', panic: 'The kernel stopped.',
    mm_vmscan_memcg_reclaim_end: 'A task reclaimed inside a memory cgroup that is at its limit.', memcg_throttled: 'A task slept because its memory cgroup is over memory.high.', memcg_write: 'A file of a memory cgroup was written.',
    mm_compaction_begin: 'A zone is compacted: pages move so that large free blocks come about.', mm_compaction_end: 'Compaction of a zone ended.', mm_compaction_wakeup_kcompactd: 'kcompactd was asked to compact.', mm_compaction_kcompactd_wake: 'kcompactd starts to compact.',
  },

  // Where runs part, and travel
  diverge: {
    title: 'Where two runs part', first: 'Run', second: 'Against', find: 'Find the first difference', runName: (label: string, seed: number) => `${label}, seed ${seed}`, searching: 'Both runs are made again, side by side…', explaining: 'Both runs are made again, to see what came of it…',
    previous: 'Previous difference', next: 'Next difference', place: (at: string, all: string, whole: boolean) => `Difference ${at} of ${all}${whole ? '' : ' or more'}`, chain: 'What came of it', seen: 'Answers, and what each saw', counters: 'Counters, in the order in which they part (since the difference)', counter: 'Counter', touch: 'Touches',
    atTheEnd: 'Metrics of the whole runs that differ', answer: 'answer', differs: 'differs', visit: 'Visit both machines there', explain: 'Explain it after all', more: (count: string) => `${count} more not shown.`,
  },
  travel: {
    title: 'Travel through a run', beside: 'Beside it', align: 'The same instant is', sameTouch: 'the same touch', sameTime: 'the same time', time: 'Time', steps: { event: 'event', kswapd: 'kswapd pass', direct: 'direct reclaim' }, back: (what: string) => `Back to the previous ${what}`, on: (what: string) => `On to the next ${what}`,
    here: 'Travel here', hereHint: 'The whole machine at this moment, to step on from', buddy: 'Free blocks by order', order: (order: number) => `order ${order}`, read: 'Pages read', written: 'Pages written', stalled: 'Answers again at', rss: 'RSS', swapped: 'In swap', since: (time: string) => `for ${time}`, shares: 'Ages',
    until: 'Run until', untilHint: 'Press ↓ in the field for examples: an event, a pass of kswapd or a direct reclaim, a series against a number or another series (pswpout > 0), or a hook with what it was told or answered (hook scanBalance priority < 12).', run: 'Run on', runBack: 'Run back', going: 'On the way…', nothing: 'There is no such instant.', moment: (n: string) => `moment ${n}`,
    tank: (zone: string, free: string, min: string, low: string, high: string) => `${zone}: ${free} pages free, MIN ${min}, LOW ${low}, HIGH ${high}`, lists: 'LRU lists by age on the list, in pages', pages: 'Pages', tail: 'Age at the tail', generations: 'Generations, oldest first', seq: 'seq', anon: 'anon', file: 'file', age: 'Age', tasks: 'Tasks', waits: 'Waits for', reclaims: 'reclaims',
    states: { running: 'running', runnable: 'runnable', sleeping: 'sleeping', blocked: 'blocked (D)', exited: 'ended' }, disks: 'Devices', inflight: 'Under way', waiting: 'Tasks waiting', blocks: (zone: string, blocks: string, free: string) => `${zone}: ${blocks} pageblocks, ${free} pages free`, blockColours: ['free', 'of the kernel, can’t be moved', 'in use, can be moved'],
  },

  // Runs
  runs: 'Runs', slowAllocs: 'Slow allocations', slowAllocsOf: (label: string, count: number, ms: string) => `${label}: ${plural(count, 'allocation', 'allocations')} took ${ms} or more. Where the time went:`, slowAllocsNone: (label: string, ms: string) => `${label}: no allocation took ${ms} or more.`, stallParts: { scan: 'scan', throttle: 'throttled', io: 'IO', compaction: 'compaction', lock: 'locks', oom: 'OOM', runnable: 'no CPU', other: 'other' }, allOfThem: 'all', when: 'At', took: 'Took', machine: 'Machine', state: 'State', ended: 'End', digest: 'Digest', ejections: 'Ejections', showSeed: (seed: number) => `Show seed ${seed} in the charts`,
  runStates: { waiting: 'waiting', running: 'running', done: 'done', cancelled: 'cancelled', failed: 'failed' },
  ends: (end: string) => ({ done: 'all tasks ended', time: 'time was up', cancelled: 'cancelled', stuck: 'stuck', panic: 'kernel panic' })[end] ?? end,
  ejectedAt: (kind: string, hook: string, message: string) => `Ejected (${kind}) in ${hook}: ${message}`, ejectedWhen: (time: string, call: string) => `At ${time} of virtual time, in call ${call}.`, answered: 'Answered', allowed: 'Allowed:', askedWith: 'Asked with',
  line: (line: number) => `line ${line}`,
  hooksOf: (name: string) => `Hooks of ${name}`, noHooks: 'It has no hooks: every decision is the base’s.', hook: 'Hook', called: 'Called', overrode: 'Overrode', agreed: 'Agreed', fuelPerCall: 'Fuel a call', neverCalled: 'never called', alwaysAgreed: 'always as the base',
  virtualTime: (time: string) => `${time} of virtual time`, eventsDropped: (count: number) => `${plural(count, 'event', 'events')} beyond the log’s bound`,

  // Out
  out: {
    title: 'Export', report: 'Report (HTML)', csv: 'Runs (CSV)', json: 'Everything (JSON)', bundle: 'Bundle, to run it again', openBundle: 'Open a bundle…',
    trace: (machine: string) => `Trace for Perfetto: ${machine}`, series: (machine: string) => `Series (CSV): ${machine}`, chart: (title: string) => `More for the chart ${title}`, svg: 'Save as SVG', png: 'Save as PNG',
  },
  wasSaved: (name: string) => `${name} is ready to be saved.`, sameDigest: 'as in the bundle', otherDigest: (digest: string) => `the bundle has ${digest}`,

  // Editor
  nothingOpen: 'Nothing is open', nothingOpenHint: 'Open a policy from the setup, or start a new one.', editorLoading: 'Loading the editor…', editorLabel: (title: string) => `${title}. Ctrl+M lets Tab leave the editor.`,
  save: 'Save', rerunOnSave: 'Run on save', unsaved: 'not saved', closeFile: (title: string) => `Close ${title}`, closeUnsaved: (title: string) => `${title} is not saved`, closeUnsavedText: 'Your text stays as a draft and is offered when you open the file again.', closeAnyway: 'Close',
  documentKinds: { policy: 'Policy of your workspace', example: 'Example, read-only', kernel: 'Kernel, read-only', scenario: 'Scenario' },
  diffWith: 'Diff with', diffOff: 'nothing', diffBase: (base: string) => `base kernel ${base}`, diffOrigin: (name: string) => `its origin ${name}`, diffSaved: 'the saved file', diffOutside: 'the file on disk', diffDraft: 'the draft',
  outsideChanged: (file: string) => `${file} was changed outside the lab.`, outsideRemoved: (file: string) => `${file} was removed outside the lab.`, showDiff: 'Show the difference', keepMine: 'Keep mine', reload: 'Take theirs', closeIt: 'Close it', reloadedFromDisk: (file: string) => `${file} was changed outside and is shown anew.`,
  draftFound: 'There are unsaved changes from before.', takeDraft: 'Restore them', dropDraft: 'Discard', exampleReadOnly: 'An example. Fork it to change it.', kernelReadOnly: 'How this kernel decides. Fork it to change any decision.', readOnlyHint: 'Fork it to change it.', forkToEdit: 'Fork to edit',
  cannotRun: 'This can’t run', typeProblems: 'Type problems (it may still run: answers are checked)', checked: 'Checked', hooksDeclared: 'Hooks:', toHook: 'Go to its code', compiledIn: (ms: string) => `compiled in ${ms} ms`,
  scenarioProblems: 'The scenario can’t run', scenarioGood: 'The scenario can run', savedAs: (file: string) => `Saved as ${file}.`,
  create: 'Create', forkOf: (name: string) => `Fork ${name}`, renameOf: (name: string) => `Rename ${name}`, removeOf: (name: string) => `Remove ${name}?`, removeText: (file: string) => `${file} goes to the folder “removed” of the workspace.`, fileRemoved: (file: string) => `${file} was removed.`,
  policyName: 'Name', nameRule: 'Lower-case words joined by “-”, at most 40 characters.', nameTaken: (name: string) => `There is a policy ${name} already.`,
}

/** Every language has the same keys with the same arguments. */
export type Messages = typeof en

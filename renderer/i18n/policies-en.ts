/** Words about policies in use: which text of a file runs, and stacks of several on one machine; in English. */
export const policiesEn = {
  lastGood: (time: string) => `last good, ${time}`, heldBadge: 'not loaded',
  cantRun: (time: string) => `This policy can’t be run as it is saved: runs use its last good text, of ${time}.`, wasEjected: (time: string) => `This policy was ejected as it is saved: runs use its last good text, of ${time}.`,
  backToGood: 'Back to the last good', useAllTheSame: 'Run it all the same', diffGood: 'the last good text',
  heldChanges: (count: number, time: string) => `Something outside the lab keeps changing this file (${count} times in ten seconds). Since ${time} it is not loaded any more; it will be when it has been quiet for ten seconds.`,
  heldEjections: (count: number) => `${count} texts in a row were ejected. Until you say so, or run it through, changes from outside are not loaded and saving runs nothing.`, loadNow: 'Load it now', goOn: 'Go on',
  stack: 'Policies of this machine', stackHint: 'The upper one’s base is the one below. Times are ms of virtual time; empty: from the start, to the end.', addPolicy: 'Add a policy', policyAt: (n: number) => `Policy ${n}`, from: 'from', until: 'until', node: 'node', memcg: 'memory cgroup', everywhere: 'everywhere',
  fromOf: (n: number) => `Policy ${n} from, ms`, untilOf: (n: number) => `Policy ${n} until, ms`, nodeOf: (n: number) => `Policy ${n} on node`, memcgOf: (n: number) => `Policy ${n} in memory cgroup`, upOf: (n: number) => `Move policy ${n} up`, downOf: (n: number) => `Move policy ${n} down`, takeOff: (n: number) => `Take off policy ${n}`, unreadable: 'These words can’t be shown as controls; correct them above.',
}

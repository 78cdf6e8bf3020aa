/** Words about writing policies: from a hook to a kernel's code, snippets, the API's reference. In English; `GuideMessages` is the shape of the others. */
export const guideEn = {
  reference: 'Policy API', toggle: 'API', toggleHint: 'The reference of the policy API, below the code', find: 'Find in the reference', nothing: 'Nothing fits.', language: '', original: '', found: (count: number) => (count === 1 ? '1 entry' : `${count} entries`),
  when: 'When', binds: 'Binds', answers: 'Answers', arguments: 'Arguments', kernelFunctions: 'Kernel', inKernels: 'Its code in', examples: 'Examples', noExamples: 'No example uses it.', insert: 'Insert', insertHint: 'Put its snippet at the cursor, or at the end of the hooks',
  hooks: 'Hooks', notifications: 'Notifications', constants: 'Constants', line: (line: number) => `line ${line}`,
  source: (kernel: string, hook: string) => `${kernel}: ${hook}`, none: (kernel: string) => `${kernel} has no such decision`, noneNotified: 'The engine tells; no kernel decides', taken: (kernel: string, from: string) => `${kernel}, from ${from}`,
  compare: 'Compare with mine', compareBase: 'Compare with the base', showReference: 'Reference', lensTitle: 'The base kernel’s code of this decision',
  diffHook: (hook: string, kernel: string) => `${hook} of ${kernel}`, comparing: (hook: string, kernel: string) => `${hook}: ${kernel}’s code and yours, each with what it uses of its file. To be read only; it follows what you type.`, backToFile: 'Back to the file',
  noHookHere: 'Put the cursor on a hook, or into one, first.', noneDeclared: (hook: string) => `None of the open policies has ${hook}.`, notInserted: (hook: string) => `Open a policy of yours to insert ${hook}.`, alreadyThere: (hook: string) => `${hook} is there already.`,
  snippet: 'snippet', paletteReference: 'Policy API', paletteSource: 'Base’s code',
}

export type GuideMessages = typeof guideEn

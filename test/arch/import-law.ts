/** Who may import whom (the house's section 3), as data. The first rule whose `from` fits a file is its rule. */
export interface Rule {
  readonly from: RegExp
  /** Project files a value may be imported from. */
  readonly values: readonly RegExp[]
  /** Project files a type may be imported from besides. */
  readonly types?: readonly RegExp[]
  /** Packages; `node:` stands for Node's own modules. */
  readonly packages?: readonly string[]
  /** Packages of which only types may be imported. */
  readonly typePackages?: readonly string[]
}

const API = /^plugins\/api\//
/** The contract and its parts. */
const CONTRACT = /^preload\/contract(-\w+)?\.ts$/
const WIRE = /^preload\/(channels|requests|wire)\.ts$/
/** Says texts in Chinese by a table: the window does, and the lab where it writes both languages itself. */
const TOLD = /^preload\/told\.ts$/
const ENGINE = /^main\/engine\//
const core = /^main\/engine\/(core\/|version\.ts$)/
const mm = /^main\/engine\/mm\//
const middle = /^main\/engine\/(policy|device|workload)\//
const sim = /^main\/engine\/sim\//
const MAIN = /^main\/(?!engine\/|hosts\/|index\.ts$|cli)/
const HOSTS = /^main\/hosts\//

export const LAW: readonly Rule[] = [
  { from: API, values: [API] },
  { from: /^plugins\/kernels\//, values: [API, /^plugins\/kernels\//] },
  { from: /^plugins\/policies\//, values: [API] },

  // Inside the engine the direction is for values. A type is nothing at run time: a room may name the shape of what it is handed (a scenario, a device, a runnable).
  { from: core, values: [core] },
  { from: mm, values: [core, mm, API], types: [ENGINE] },
  { from: middle, values: [core, mm, middle, API], types: [ENGINE] },
  { from: sim, values: [core, mm, middle, sim, API], types: [ENGINE] },
  { from: /^main\/engine\/(metrics|experiment)\//, values: [core, sim, /^main\/engine\/(metrics|experiment)\//, API] },
  { from: /^main\/engine\/index\.ts$/, values: [ENGINE, API] },

  { from: /^main\/index\.ts$/, values: [MAIN, HOSTS, CONTRACT], packages: ['node:', 'electron'] },
  { from: /^main\/hosts\/electron\.ts$/, values: [MAIN, HOSTS, WIRE], types: [CONTRACT], packages: ['node:', 'electron'] },
  { from: HOSTS, values: [MAIN, HOSTS, WIRE], types: [CONTRACT], packages: ['node:', 'ws'], typePackages: ['electron'] },
  { from: /^main\/cli/, values: [MAIN, /^main\/cli/, /^main\/engine\/index\.ts$/], types: [CONTRACT, API], packages: ['node:', 'zod'] },
  // Kernels are plugins, but the runner's bundle holds the trusted ones.
  { from: /^main\/runner\//, values: [MAIN, /^main\/engine\/index\.ts$/, API, /^plugins\/kernels\//], types: [CONTRACT], packages: ['node:', 'ses'] },
  // The only room that knows the queue's engine; whoever needs the room loads it when a queue is asked for.
  { from: /^main\/queue\//, values: [MAIN, /^main\/engine\/index\.ts$/], types: [CONTRACT], packages: ['node:', 'bullmq', 'ioredis', 'zod'] },
  { from: MAIN, values: [MAIN, TOLD, /^main\/engine\/index\.ts$/, API, /^plugins\/kernels\//, /^package\.json$/], types: [CONTRACT], packages: ['node:', 'typescript', 'zod', 'ses'] },

  { from: CONTRACT, values: [], types: [CONTRACT, /^main\/engine\/sim\/contract-types\.ts$/] },
  { from: /^preload\/index\.ts$/, values: [WIRE], types: [CONTRACT], packages: ['electron'] },
  { from: /^preload\//, values: [/^preload\//], types: [CONTRACT] },
  { from: /^renderer\//, values: [/^renderer\//, TOLD], types: [CONTRACT], packages: ['react', 'react-dom', 'recharts', 'monaco-editor', 'react-resizable-panels'] },
  { from: /^test\//, values: [/./], packages: ['*'] },
]

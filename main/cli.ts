/** The lab from a terminal: `npx lab`. Run from sources by main/boot/lab.mjs; exit codes are in cli/exit-codes.ts. */
import { watchInterrupts } from './cli/interrupt'
import { main } from './cli/main'
import { createOutput } from './cli/output'

const output = createOutput()
const interrupt = watchInterrupts(output.closed)
const code = await main(process.argv.slice(2), output, interrupt)
// What was written has been taken by now; whatever a dependency left open must not keep the process.
process.exit(interrupt.code() ?? code)

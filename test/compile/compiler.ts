/** One warm compiler for a test file, and shorthand for policies. */
import { createCompiler } from '../../main/compile/compile-policy'
import type { CompilePolicy } from '../../main/compile/compile-policy'

let compiler: CompilePolicy | undefined

export const compile: CompilePolicy = (file, text) => (compiler ??= createCompiler())(file, text)

/** A policy whose text starts on line 1 with the import and whose `body` starts on line 2. */
export function policyWith(body: string, hooks = ''): string {
  return `import { definePolicy } from 'reclaim-lab'\n${body}\nexport default definePolicy({ api: 1, name: 'tested', hooks: { ${hooks} } })\n`
}

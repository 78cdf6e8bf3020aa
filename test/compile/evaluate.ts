/** Runs transformed code outside any compartment, with a meter of the test's own, to compare what it does with and without fuel. */
import ts from 'typescript'
import { transform } from '../../main/compile/transform'

export interface Outcome {
  readonly trace: readonly unknown[]
  readonly threw?: string
  readonly fuelUsed: number
}

const START = 1_000_000

export function parse(text: string): ts.SourceFile {
  const file = ts.createSourceFile('policy.ts', text, ts.ScriptTarget.ES2023, true)
  const [problem] = (file as unknown as { readonly parseDiagnostics: readonly ts.Diagnostic[] }).parseDiagnostics
  if (problem) throw new Error(`${ts.flattenDiagnosticMessageText(problem.messageText, '\n')} in\n${text}`)
  return file
}

/** `fuel` compiles it in; `limit` is what there is. */
export function evaluate(text: string, { fuel = true, limit = START }: { readonly fuel?: boolean; readonly limit?: number } = {}): Outcome {
  return execute(transform(parse(text), { fuel }), limit)
}

/** The same program by TypeScript's own emitter. */
export function evaluateByTypeScript(text: string): Outcome {
  const { outputText } = ts.transpileModule(text, { compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true } })
  return execute(outputText.replace(/^export \{\};?$/m, ''), START)
}

function execute(code: string, limit: number): Outcome {
  const trace: unknown[] = []
  const make = new Function('trace', `'use strict';let $fuel=${limit},$fuelDepth=0,$fuelLine=0,$fuelBack;const $fuelMaxDepth=1000,$fuelAt=[0],$fuelOut=()=>{throw new Error('out of fuel')},$fuelDeep=()=>{$fuel=-1;throw new Error('too deep')},$fuelCaught=e=>{if($fuel<0)throw e};
    let threw;try{(function(){${code}\n})()}catch(e){threw=String(e)}return{threw,left:$fuel}`) as (trace: (value: unknown) => unknown) => { readonly threw?: string; readonly left: number }
  const { threw, left } = make(value => { trace.push(value); return value })
  return { trace, ...(threw === undefined ? {} : { threw }), fuelUsed: limit - left }
}

/** Loads Monaco on demand and sets it up for this lab: own workers (no network), the policy API's types, the scenario schema, themes that follow the window. */
import * as monaco from 'monaco-editor/editor'
import 'monaco-editor/features/register.all'
import 'monaco-editor/languages/definitions/typescript/register'
import * as typescript from 'monaco-editor/languages/features/typescript/register'
import * as json from 'monaco-editor/languages/features/json/register'
import EditorWorker from 'monaco-editor/editor/editor.worker?worker'
import TypeScriptWorker from 'monaco-editor/languages/features/typescript/ts.worker?worker'
import JsonWorker from 'monaco-editor/languages/features/json/json.worker?worker'
import { defineThemes, followTheme } from './theme'

export { monaco }
export const SCENARIO_URI = 'file:///scenario/scenario.json'

self.MonacoEnvironment = {
  getWorker: (_id, label) => (label === 'typescript' ? new TypeScriptWorker() : label === 'json' ? new JsonWorker() : new EditorWorker()),
}

let apiTypes: monaco.IDisposable | undefined

/** Gives the editor what the lab says a policy may import and a scenario may hold. May be called again with newer values. */
export function teach(types: string, scenarioSchema: unknown): void {
  apiTypes?.dispose()
  apiTypes = typescript.typescriptDefaults.addExtraLib(types, 'file:///node_modules/reclaim-lab/index.d.ts')
  json.jsonDefaults.setDiagnosticsOptions({
    validate: true, allowComments: false, enableSchemaRequest: false,
    schemas: [{ uri: 'reclaim-lab:scenario', fileMatch: [SCENARIO_URI], schema: scenarioSchema as json.JSONSchema }],
  })
}

// As the policies' own tsc: the language of ES2023 and nothing of a browser.
typescript.typescriptDefaults.setCompilerOptions({
  target: typescript.ScriptTarget.ESNext, module: typescript.ModuleKind.ESNext, moduleResolution: typescript.ModuleResolutionKind.NodeJs,
  lib: ['es2023'], types: [], strict: true, noEmit: true, allowNonTsExtensions: true, noImplicitOverride: true, noFallthroughCasesInSwitch: true,
})
typescript.typescriptDefaults.setDiagnosticsOptions({ noSemanticValidation: false, noSyntaxValidation: false, onlyVisible: true })
defineThemes(monaco)
followTheme(monaco)

/** What main and the compile service's thread say to each other. */
import type { CompileResult } from './compile-types'

export type ToService =
  | { readonly type: 'compile'; readonly request: number; readonly file: string; readonly text: string }
  | { readonly type: 'api-types'; readonly request: number }

export type FromService =
  | { readonly request: number; readonly result: CompileResult }
  | { readonly request: number; readonly apiTypes: string }

/** What main and the compile service's thread say to each other. */
import type { ApiGuide, HookPlace, InsertPlace } from '../../preload/contract'
import type { CompileResult } from './compile-types'

export type ToService =
  | { readonly type: 'compile'; readonly request: number; readonly file: string; readonly text: string }
  | { readonly type: 'api-types'; readonly request: number }
  | { readonly type: 'guide'; readonly request: number }
  | { readonly type: 'hook-places'; readonly request: number; readonly text: string }
  | { readonly type: 'insert-place'; readonly request: number; readonly text: string; readonly offset: number }

export type FromService =
  | { readonly request: number; readonly result: CompileResult }
  | { readonly request: number; readonly apiTypes: string }
  | { readonly request: number; readonly guide: ApiGuide }
  | { readonly request: number; readonly hookPlaces: readonly HookPlace[] }
  | { readonly request: number; readonly insertPlace: InsertPlace | null }

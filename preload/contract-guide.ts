/** The part of the window's contract that helps to write a policy: the API's reference as data, where kernels have their decisions, snippets, and what stands where in a policy's text. Types only. */

import type { Text } from '../main/engine/sim/contract-types'

/** A member of the API with its comment. */
export interface ApiItem { readonly name: string; readonly signature: string; readonly doc: string }
export interface ApiType { readonly name: string; readonly doc: string; readonly items: readonly ApiItem[] }
export interface ApiSection { readonly title: string; readonly types: readonly ApiType[] }
/** All that REFERENCE.md says. */
export interface ApiModel { readonly sections: readonly ApiSection[]; readonly constants: readonly ApiItem[] }

/** Where a kernel takes a decision. `function`: one of its own; `inline`: written where the hooks are listed; `other`: another kernel's file; `none`: it has no such decision. */
export type HookSource =
  | { readonly kernel: string; readonly kind: 'none' }
  | {
    readonly kernel: string
    readonly kind: 'function' | 'inline' | 'other'
    /** Whose file it is: the kernel's own but for `other`. */
    readonly in: string
    /** `plugins/kernels/linux-6.1.ts` */
    readonly file: string
    readonly line: number
    readonly column: number
    readonly endLine: number
    /** The comment above it, which names the kernel's function or says that there is none. */
    readonly about: string
    /** Fields of its arguments that it looks at, in their order. */
    readonly reads: readonly string[]
    /** It, and what it uses of its file. */
    readonly text: string
  }

export interface HookGuide {
  readonly name: string
  readonly kind: 'hook' | 'notification'
  readonly signature: string
  readonly decides: Text
  readonly when: string
  /** What an answer binds, and its range. */
  readonly binds: string
  /** `mm/vmscan.c:get_scan_count` */
  readonly kernel: readonly string[]
  /** Fields of its arguments, or the arguments themselves. */
  readonly args: readonly ApiItem[]
  readonly answer: { readonly type: string; readonly doc: string; readonly fields: readonly ApiItem[] }
  /** One for each kernel; empty for notifications, which no kernel takes. */
  readonly sources: readonly HookSource[]
}

/** Where in a policy something may be inserted: in the definition, in its `hooks` or in its `params`. */
export type SnippetPlace = 'policy' | 'hooks' | 'params'

export interface Snippet {
  readonly label: string
  readonly place: SnippetPlace
  readonly about: Text
  /** In the words of editors: `${1:text}` is to be typed over, `$0` is where the cursor ends. */
  readonly insert: string
  /** Members that it makes: where one is there already it isn't offered. */
  readonly names: readonly string[]
  /** What it needs of `reclaim-lab`. */
  readonly imports?: readonly string[]
}

export interface ApiGuide extends ApiModel {
  readonly hooks: readonly HookGuide[]
  readonly snippets: readonly Snippet[]
  /** Text of a new policy: nothing but its name, and a place for hooks. */
  readonly starter: string
}

/** A hook in a policy: where its code is (`declared`), where it is `listed` if that is elsewhere, or where it is `asked` of the base. Lines and columns count from 1. */
export interface HookPlace {
  readonly hook: string
  readonly use: 'declared' | 'listed' | 'asked'
  readonly line: number
  readonly column: number
  readonly endColumn: number
  /** Of a declared one: the last line of its code. */
  readonly endLine?: number
  /** Of a declared one: it, and what it uses of the file. */
  readonly text?: string
}

/** Where the cursor may insert. */
export interface InsertPlace {
  readonly place: SnippetPlace
  /** Where that is: the cursor, or the end of the hooks. */
  readonly at: TextPlace
  /** What is there already. */
  readonly present: readonly string[]
  /** Where a comma is missing after what stands before. */
  readonly comma?: TextPlace
  /** What the file imports of `reclaim-lab` by name, and where another name can follow; without it there is no such import. */
  readonly imports?: { readonly names: readonly string[]; readonly end: TextPlace }
}

/** Line and column count from 1. */
export interface TextPlace { readonly line: number; readonly column: number }

export interface GuideRequests {
  apiGuide(): Promise<ApiGuide>
  /** Where hooks stand in a policy's text. Text that can't be read has none. */
  hookPlaces(text: string): Promise<readonly HookPlace[]>
  /** `offset` counts UTF-16 units, as editors do; -1 is the end of the policy's hooks. */
  insertPlace(text: string, offset: number): Promise<InsertPlace | null>
}

/** What the lab knows of the policy API, asked once when it is first wanted. */
import { useEffect } from 'react'
import type { ApiGuide, HookGuide } from '../../preload/contract'
import { inBackground, lab } from './lab-client'
import { createStore, useStore } from './store'

const store = createStore<ApiGuide | undefined>(undefined)
let asked: Promise<ApiGuide> | undefined

export function loadGuide(): Promise<ApiGuide> {
  asked ??= lab.apiGuide().then((guide) => { store.set(guide); return guide }, (error: unknown) => { asked = undefined; throw error })
  return asked
}

/** Undefined until it is there. */
export function useGuide(): ApiGuide | undefined {
  useEffect(() => { inBackground(loadGuide) }, [])
  return useStore(store)
}

export function guideNow(): ApiGuide | undefined {
  return store.get()
}

export function hookNamed(name: string): HookGuide | undefined {
  return store.get()?.hooks.find((hook) => hook.name === name)
}

/** The front door of the policy API: `import { definePolicy } from 'reclaim-lab'`. */
export * from './types'
export * from './params'
export * from './folios'
export * from './hook-args'
export * from './hooks'
export * from './context'
export * from './policy'

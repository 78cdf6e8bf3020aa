/**
 * Chinese for texts that stand once, in English, where they belong: in policies, kernels and the scenario's schema. The window looks them up by the English; what has none (a person's own
 * words) stays as it is, and a fork of an example keeps the translation until its text is changed.
 */
import { POLICIES_ZH } from './policies-zh'
import { SCHEMA_ZH } from './schema-zh'
import { SYSCTLS_ZH } from './sysctls-zh'

export const CHINESE: Readonly<Record<string, string>> = { ...POLICIES_ZH, ...SYSCTLS_ZH, ...SCHEMA_ZH }

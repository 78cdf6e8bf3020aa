/**
 * Chinese for texts that stand once, in English, where they belong: in policies, kernels, the scenario's schema and the checks of what a person gives. The window looks them up by the English; what has none (a person's own
 * words) stays as it is, and a fork of an example keeps the translation until its text is changed.
 */
import { IMPORT_ZH } from './import-zh'
import { KEEPING_ZH } from './keeping-zh'
import { POLICIES_ZH } from './policies-zh'
import { PROBLEMS_ZH } from './problems-zh'
import { RUNNING_ZH } from './running-zh'
import { SCHEMA_ZH } from './schema-zh'
import { SYSCTLS_ZH } from './sysctls-zh'

export const CHINESE: Readonly<Record<string, string>> = { ...POLICIES_ZH, ...SYSCTLS_ZH, ...SCHEMA_ZH, ...PROBLEMS_ZH, ...IMPORT_ZH, ...KEEPING_ZH, ...RUNNING_ZH }

/** The presets, in the order the lab shows them. One a file; the first is what the lab opens with. */
import type { PresetInfo } from '../../../preload/contract'
import { completeScenario } from '../scenario/complete'
import benchmark from './4gib-60s'
import anonFileNoSwap from './anon-file-no-swap'
import anonFileWithSwap from './anon-file-with-swap'
import dirtyThenReclaim from './dirty-then-reclaim'
import kswapdVsDirect from './kswapd-vs-direct'
import seed000 from './seed-000'
import raiseMinFree from './seed-000-raise-min-free'
import thrash from './thrash'
import watermarkScaleFactor from './watermark-scale-factor'

const WRITTEN: readonly PresetInfo[] = [
  seed000, raiseMinFree, anonFileWithSwap, anonFileNoSwap, dirtyThenReclaim, kswapdVsDirect, watermarkScaleFactor, thrash, benchmark,
]

/** Complete, as the engine takes them; a test proves that each passes the schema. */
export const PRESETS: readonly PresetInfo[] = WRITTEN.map(preset => ({ ...preset, scenario: completeScenario(preset.scenario) }))

/** /sys/kernel/debug/lru_gen as linux-6.1 prints it (mm/vmscan.c:lru_gen_seq_show): generations from the oldest, age in ms, pages of anon and file. */
import type { GenerationState, MachineState } from '../../engine'

export function lruGen({ generations, memcgs = [] }: MachineState): string {
  // Groups are numbered from the root, 0, in the order in which they are listed.
  return generations.map((generation, i) => head(generation, generations[i - 1], `/${memcgs[generation.memcg - 1]?.path ?? ''}`) + line(generation)).join('')
}

/** Each group and each of its nodes begins with its number; the first node's line comes after its group's. */
function head({ memcg, node }: GenerationState, before: GenerationState | undefined, path: string): string {
  if (before !== undefined && before.memcg === memcg && before.node === node) return ''
  const group = before?.memcg === memcg ? '' : `memcg ${String(memcg).padStart(5)} ${path}\n`
  return `${group} node ${String(node).padStart(5)}\n`
}

function line({ seq, age, anon, file }: GenerationState): string {
  const column = (value: number): string => String(value).padStart(10)
  return ` ${column(seq)} ${column(Math.floor(age / 1e6))} ${column(anon)}  ${column(file)} \n`
}

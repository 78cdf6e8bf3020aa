/** `lab gfp`: what a gfp mask asks for and what follows from it. */
import { explainGfp } from '../lab/explain/gfp'
import type { GfpExplanation } from '../../preload/contract'
import { toJson, type Command, type CommandContext } from './command'
import { EXIT, type ExitCode } from './exit-codes'
import { unwrap } from './problem-error'
import { table } from './table'

export const gfpCommand: Command = {
  name: 'gfp',
  about: 'explain a gfp mask: flags, zones, alloc flags and what follows',
  details: 'WORDS are flags joined by | (quote it), such as "GFP_KERNEL|__GFP_NOWARN", or a mask as trace events print it, such as 0x100cca. With --json: the same as an object.',
  names: ['mask or words'],
  options: {},
  run,
}

async function run({ args, json, output }: CommandContext): Promise<ExitCode> {
  const explained = unwrap(explainGfp(args.positionals[0]))
  await output.out(json ? toJson(explained) : gfpText(explained))
  return EXIT.ok
}

function gfpText(gfp: GfpExplanation): string {
  const flags = table([{ title: 'Flag', align: 'left' }, { title: 'Bit', align: 'right' }, { title: 'Asks for', align: 'left' }], gfp.flags.map((flag) => [flag.name, flag.mask, flag.about.en]))
  return [
    `${gfp.name} = ${gfp.mask}\n`, flags,
    [
      `migrate type ${gfp.migrateType}, highest zone ${gfp.highestZone}`,
      `fast path  ${gfp.allocFlags.fast.join(' | ')}`,
      `slow path  ${gfp.allocFlags.slow.join(' | ')}\n`,
    ].join('\n'),
    gfp.follows.map((follow) => `${follow.topic.padEnd(9)} ${follow.answer.padEnd(8)} ${follow.text.en}\n`).join(''),
  ].join('\n')
}

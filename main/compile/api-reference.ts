/**
 * The reference of the policy API as Markdown, from the same comments that the editor shows: `npm run docs:api` writes it to plugins/api/REFERENCE.md.
 */
import type { ApiItem, ApiSection } from '../../preload/contract'
import { apiSources } from './api-model'

export function apiReference(): string {
  const { sections, constants } = apiSources().model
  return `# The policy API, version 1

Written by \`npm run docs:api\` from plugins/api; do not edit. \`import { definePolicy } from 'reclaim-lab'\` is the only import a policy may have. Units: pages of 4 KiB and virtual
nanoseconds, unless a name ends in Kb, Ms or Percent.

${sections.map(sectionText).join('\n')}
## Constants

${constants.map(({ name, signature, doc }) => `- \`${name} = ${signature}\`${doc === '' ? '' : `: ${doc}`}`).join('\n')}
`
}

function sectionText({ title, types }: ApiSection): string {
  return `## ${title}\n\n${types.map(({ name, doc, items }) => `${types.length > 1 ? `### ${name}\n\n` : ''}${paragraph(doc)}${items.map(itemText).join('\n')}\n`).join('\n')}`
}

function itemText({ signature, doc }: ApiItem): string {
  return `- \`${signature}\`${doc === '' ? '' : `  \n  ${doc}`}`
}

function paragraph(text: string): string {
  return text === '' ? '' : `${text}\n\n`
}

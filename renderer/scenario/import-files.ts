/** Which of a machine's files an opened or dropped file is: by its name, else by how it begins. */
export const FILE_KINDS = ['zoneinfo', 'meminfo', 'vmstat', 'buddyinfo', 'swaps', 'sysctl', 'config'] as const
export type FileKind = (typeof FILE_KINDS)[number]
export type ImportTexts = Readonly<Partial<Record<FileKind, string>>>

/** Nothing a lab reads is larger; a bigger file is something else and is not read into the page. */
const LARGEST = 8 * 1024 * 1024

export async function readFiles(files: readonly File[]): Promise<ImportTexts> {
  const texts: Partial<Record<FileKind, string>> = {}
  for (const file of files) {
    if (file.size > LARGEST) continue
    const text = await file.text()
    texts[kindOf(file.name, text)] = text
  }
  return texts
}

export function kindOf(name: string, text: string): FileKind {
  const named = FILE_KINDS.find((kind) => name.toLowerCase().includes(kind))
  if (named) return named
  if (/^\s*\{/.test(text)) return 'config'
  if (/^Node\s+\d+, zone\s+\w+(\s+\d+){5,}/m.test(text)) return 'buddyinfo'
  if (/^MemTotal:/m.test(text)) return 'meminfo'
  if (/^nr_free_pages \d+/m.test(text)) return 'vmstat'
  if (/^Filename\s+Type\s/m.test(text)) return 'swaps'
  if (/^vm\.\w+\s*=/m.test(text)) return 'sysctl'
  return 'zoneinfo'
}

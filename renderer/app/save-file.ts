/** Gives a file to the person: the browser's download, Electron's save dialog. The page itself can write nowhere. */
import type { ExportFile } from '../../preload/contract'

export function saveFile({ name, type, text }: ExportFile): void {
  saveBlob(name, new Blob([text], { type }))
}

export function saveBlob(name: string, blob: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // The download has taken hold of it by the next turn of the event loop; a minute is beyond doubt.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** Opens the system's file dialog; resolves with nothing when it is closed without a choice. */
export function openFile(accept: string): Promise<File | undefined> {
  return new Promise((resolve) => {
    const input = document.createElement('input')
    input.type = 'file'
    input.accept = accept
    input.addEventListener('change', () => resolve(input.files?.[0]))
    input.addEventListener('cancel', () => resolve(undefined))
    input.click()
  })
}

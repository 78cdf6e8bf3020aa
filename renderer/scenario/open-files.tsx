/** A button that opens the system's file dialog. */
import { useRef } from 'react'
import type { ReactNode } from 'react'
import { Button } from '../ui/controls'

export function OpenFiles({ label, multiple, onFiles }: { readonly label: string; readonly multiple?: boolean; onFiles(files: readonly File[]): void }): ReactNode {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input ref={input} type="file" multiple={multiple} hidden onChange={(event) => { onFiles([...(event.target.files ?? [])]); event.target.value = '' }} />
      <Button onClick={() => input.current?.click()}>{label}</Button>
    </>
  )
}

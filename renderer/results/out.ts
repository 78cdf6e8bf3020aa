/** What leaves the window as files: experiments, runs, charts; and bundles that come in. */
import type { ExportRequest } from '../../preload/contract'
import { wordsOf } from '../app/description'
import { busy } from '../app/idle'
import { inBackground, lab } from '../app/lab-client'
import { notify } from '../app/notices'
import { openFile, saveBlob, saveFile } from '../app/save-file'
import { messages } from '../i18n'
import { startBundle } from './experiment-store'

export function saveOut(request: ExportRequest): void {
  inBackground(async () => {
    const answer = await lab.exportFile(request)
    if (!answer.ok) return notify(wordsOf(answer.problems), 'bad')
    saveFile(answer.value)
    notify(messages().wasSaved(answer.value.name))
  })
}

/** The SVG of a chart as pixels, two for one of the screen's, drawn by the page itself. */
export function savePng(request: Extract<ExportRequest, { readonly kind: 'chart' }>): void {
  inBackground(async () => {
    const done = busy('png')
    try {
      const answer = await lab.exportFile(request)
      if (!answer.ok) return notify(wordsOf(answer.problems), 'bad')
      const name = answer.value.name.replace(/\.svg$/, '.png')
      saveBlob(name, await pixels(answer.value.text))
      notify(messages().wasSaved(name))
    } finally { done() }
  })
}

const SHARPNESS = 2

async function pixels(svg: string): Promise<Blob> {
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = image.naturalWidth * SHARPNESS
  canvas.height = image.naturalHeight * SHARPNESS
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the picture could not be made'))), 'image/png'))
}

export function openBundleFile(): void {
  inBackground(async () => {
    const file = await openFile('.json,.html,.htm')
    if (file) startBundle(await file.text())
  })
}

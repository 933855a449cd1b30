import { toSvg } from 'html-to-image'

/** Pixels of the picture for each of the page. */
const FINENESS = 2

/**
 * A part of the page as a PNG, twice as fine, on the page's own background; what is marked `data-export="no"` is left out.
 * The library's own way to a picture waits for ever where the browser refuses to draw, and in a tab that nobody sees.
 * @throws Error where the browser gives no picture
 */
export async function drawPage(part: HTMLElement): Promise<Blob> {
  const image = new Image()
  image.src = await toSvg(part, {
    skipFonts: true,
    filter: (node) => !(node instanceof HTMLElement && node.dataset['export'] === 'no'),
  })
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = FINENESS * image.naturalWidth
  canvas.height = FINENESS * image.naturalHeight
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('no canvas')
  context.fillStyle = getComputedStyle(document.body).backgroundColor
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(image, 0, 0, canvas.width, canvas.height)
  const blob = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, 'image/png')
  })
  if (blob === null) throw new Error(`no picture of ${canvas.width} × ${canvas.height} pixels`)
  return blob
}

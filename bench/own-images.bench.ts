/**
 * Twenty thousand JPEGs in folders, dropped on a model: images read and decoded a second, and the most
 * memory that the page and its worker held at once. Run: `npx tsx bench/own-images.bench.ts [count]`,
 * after `npm run build`.
 */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { dropOnPage } from '../testing/browser/drop.ts'
import { writeFolder } from '../testing/browser/write-files.ts'
import { Studio } from '../e2e/support/studio.ts'
import { shapesModel } from '../testing/files/foreign-data.ts'
import { openStudio } from './browser.ts'
import { emit, round } from './emit.ts'

const count = Number(process.argv[2] ?? 20_000)
const DISTINCT = 400
const CLASSES = ['cross', 'disc', 'ring', 'square', 'stripes']

/** Photographs of 640 x 480 with some detail, encoded by the browser itself. */
async function encodeJpegs(page: Page): Promise<Buffer[]> {
  const encoded: Buffer[] = []
  for (let index = 0; index < DISTINCT; index++) {
    const text = await page.evaluate(async (seed) => {
      const canvas = new OffscreenCanvas(640, 480)
      const context = canvas.getContext('2d')
      if (context === null) throw new Error('no canvas')
      for (let blob = 0; blob < 60; blob++) {
        const hue = (seed * 47 + blob * 31) % 360
        context.fillStyle = `hsl(${hue} 60% ${20 + ((blob * 13) % 60)}%)`
        context.beginPath()
        context.arc(
          (blob * 97 + seed * 13) % 640,
          (blob * 61 + seed * 7) % 480,
          20 + ((blob * 7) % 90),
          0,
          7,
        )
        context.fill()
      }
      const bytes = new Uint8Array(
        await (await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 })).arrayBuffer(),
      )
      let binary = ''
      for (const byte of bytes) binary += String.fromCharCode(byte)
      return btoa(binary)
    }, index)
    encoded.push(Buffer.from(text, 'base64'))
  }
  return encoded
}

/** Every file differs by what follows the end of its image, which decoders leave alone. */
function writePictures(jpegs: readonly Buffer[]): { folder: string; bytes: number } {
  const folder = join(mkdtempSync(join(tmpdir(), 'studio-bench-')), 'photographs')
  let bytes = 0
  for (const name of CLASSES) mkdirSync(join(folder, name), { recursive: true })
  for (let index = 0; index < count; index++) {
    const jpeg = jpegs[index % jpegs.length] ?? Buffer.alloc(0)
    const content = Buffer.concat([jpeg, Buffer.from(`#${index}`)])
    bytes += content.length
    writeFileSync(join(folder, CLASSES[index % CLASSES.length] ?? '', `${index}.jpg`), content)
  }
  return { folder, bytes }
}

/** Resident bytes of the browser's renderers: the page and its worker share one. */
function rendererBytes(): number {
  let most = 0
  for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${id}/cmdline`, 'utf8').includes('--type=renderer')) continue
      const pages = Number(readFileSync(`/proc/${id}/statm`, 'utf8').split(' ')[1])
      most = Math.max(most, pages * 4096)
    } catch {
      // The process has ended meanwhile.
    }
  }
  return most
}

const { page, url, close } = await openStudio()
let folder = ''
try {
  const studio = new Studio(page)
  await page.goto(`${url}?backend=wasm`)
  const pictures = writePictures(await encodeJpegs(page))
  folder = pictures.folder
  await dropOnPage(page, [writeFolder('shapes', shapesModel())])
  await studio.result.getByText('Agreement').waitFor({ timeout: 60_000 })
  const before = rendererBytes()
  let most = before
  const watch = setInterval(() => {
    most = Math.max(most, rendererBytes())
  }, 100)
  const start = performance.now()
  await dropOnPage(page, [folder])
  const attached = page.getByText(/^photographs: pictures/)
  await attached.waitFor({ timeout: 900_000 })
  const attachedAt = performance.now()
  const expected = Math.min(5000, count / 5).toLocaleString('en')
  await studio.result.getByText(`n = ${expected}, photographs`).waitFor({ timeout: 900_000 })
  const measuredAt = performance.now()
  clearInterval(watch)
  const seconds = (attachedAt - start) / 1000
  emit('own images', {
    images: count,
    pixels: '640 x 480',
    fileMegabytes: round(pictures.bytes / 1e6),
    secondsToAttach: round(seconds),
    imagesPerSecond: round(count / seconds),
    secondsToAccuracy: round((measuredAt - attachedAt) / 1000),
    megabytesBefore: round(before / 1e6),
    megabytesAtMost: round(most / 1e6),
    withinGigabyte: most < 1e9,
  })
} finally {
  await close()
  if (folder !== '') rmSync(join(folder, '..'), { recursive: true, force: true })
}

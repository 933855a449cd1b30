/**
 * Accuracy of LeNet-300-100 and LeNet-5 on the page, per backend: milliseconds for 10,000 images, from
 * the pace of the first measurement. Run: `npx tsx bench/evaluate.bench.ts`, after `npm run build`.
 */
import { Studio } from '../e2e/support/studio.ts'
import { openStudio } from './browser.ts'
import { emit, round } from './emit.ts'

const VALIDATION = 5000
const LIMIT_MS = 60_000
const softwareWebGpu = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
]

for (const backend of ['wasm', 'webgl', 'cpu', 'webgpu'] as const) {
  for (const sample of ['LeNet-300-100', 'LeNet-5']) {
    const { page, url, close } = await openStudio(backend === 'webgpu' ? softwareWebGpu : [])
    try {
      const studio = new Studio(page)
      await page.goto(`${url}?backend=${backend}`)
      await page.getByRole('button', { name: /^Engine: (?!Starting)/ }).waitFor()
      const engine = await page.getByRole('button', { name: /^Engine:/ }).textContent()
      await studio.openSample(sample)
      const first = await measuredSamples(studio, 1)
      const started = performance.now()
      const last = await measuredSamples(studio, VALIDATION, LIMIT_MS)
      const perSample = (performance.now() - started) / Math.max(1, last - first)
      emit('evaluate-10000-images', {
        backend,
        engine,
        sample,
        measured: last - first,
        secondsFor10000: last === first ? null : round((perSample * 10_000) / 1000),
      })
    } finally {
      await close()
    }
  }
}

/** Waits until so many samples are shown, or time is up; returns how many are. */
async function measuredSamples(
  studio: Studio,
  atLeast: number,
  limitMs = LIMIT_MS,
): Promise<number> {
  const until = performance.now() + limitMs
  let shown = 0
  while (performance.now() < until) {
    const text = (await studio.result.textContent()) ?? ''
    shown = Number(/n = ([\d,]+)/.exec(text)?.[1]?.replaceAll(',', '') ?? 0)
    if (shown >= atLeast) break
    await studio.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
  }
  return shown
}

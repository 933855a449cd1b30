/**
 * What the samples compute for test images, on the page, per backend. WebAssembly takes all 10,000; the
 * others, in software here, fewer, scaled up and said so. Includes reading the outputs back.
 * Run: `npx tsx bench/evaluate.bench.ts`, after `npm run build`.
 */
import { pageOutputs } from '../e2e/support/page-outputs.ts'
import { Studio } from '../e2e/support/studio.ts'
import { openStudio } from './browser.ts'
import { emit, round } from './emit.ts'

const ALL = 10_000
const softwareWebGpu = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
]
const backends = [
  { backend: 'wasm', images: ALL },
  { backend: 'webgl', images: 1000 },
  { backend: 'cpu', images: 1000 },
  { backend: 'webgpu', images: 500 },
] as const

for (const { backend, images } of backends) {
  for (const sample of ['LeNet-300-100', 'LeNet-5', 'Fashion CNN']) {
    const { page, url, close } = await openStudio(backend === 'webgpu' ? softwareWebGpu : [])
    try {
      const studio = new Studio(page)
      await page.goto(`${url}?backend=${backend}`)
      const button = page.getByRole('button', { name: /^Engine: (?!Starting)/ })
      const engine = (await button.getAttribute('aria-label')) ?? ''
      await studio.openSample(sample)
      await page.getByText(/Settings are judged on the validation split/).waitFor()
      // Loads the split and lets the chunks find their size.
      await pageOutputs(page, { model: 'original', split: 'test', first: Math.min(images, 64) })
      const started = performance.now()
      await pageOutputs(page, { model: 'original', split: 'test', first: images })
      const seconds = (performance.now() - started) / 1000
      emit('evaluate-10000-images', {
        backend,
        engine,
        sample,
        images,
        seconds: round(seconds),
        secondsFor10000: round((seconds * ALL) / images),
      })
    } finally {
      await close()
    }
  }
}

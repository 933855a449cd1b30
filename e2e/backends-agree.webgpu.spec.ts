import { tinyCounts } from '../testing/files/small-data.ts'
import { backendInside, engineOf } from './support/engine-worker.ts'
import { pageOutputs } from './support/page-outputs.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

test.use({ smallData: tinyCounts })

const IMAGES = 16

// The sample with most kinds of layers; each kind is also trained on every backend in train.webgpu.
test(
  'Fashion CNN: WebGPU computes what WebAssembly computes',
  { tag: '@long' },
  async ({ page }) => {
    test.setTimeout(240_000)
    const outputs: Float32Array[] = []
    for (const backend of ['wasm', 'webgpu']) {
      const studio = new Studio(page)
      await studio.visit(`?backend=${backend}`)
      await studio.openSample('Fashion CNN')
      await expect(page.getByText(/Settings are judged on the validation split/)).toBeVisible()
      const { values } = await pageOutputs(page, {
        model: 'original',
        split: 'test',
        first: IMAGES,
      })
      expect(await backendInside(await engineOf(page))).toBe(backend)
      outputs.push(values)
    }
    const [wasm = new Float32Array(), webgpu = new Float32Array()] = outputs
    expect(wasm).toHaveLength(IMAGES * 10)
    // Logits up to a constant, where a float32 probability still has its digits.
    const differences = [...wasm].flatMap((value, index) =>
      value > 1e-30 ? [Math.abs(Math.log(value) - Math.log(webgpu[index] ?? NaN))] : [],
    )
    expect(differences.length).toBeGreaterThan(wasm.length / 2)
    expect(Math.max(...differences)).toBeLessThan(1e-3)
  },
)

import { it } from 'vitest'
import { drained, file, freshEngine } from '../testing/engine/drive-engine'
import { sampleBytes } from '../testing/models/sample-files'
import { onnxFiles } from '../testing/files/onnx-nets'
import { defaultRecipe } from './techniques/recipe'
const engine = freshEngine()
it('p', async () => {
  for (const [name, files, data] of [
    ['words', await Promise.all(onnxFiles('words').map(async (one) => file(one.path, await one.read(0, one.size)))), null],
    ['cnn', await Promise.all(onnxFiles('cnn').map(async (one) => file(one.path, await one.read(0, one.size)))), null],
    ['lenet-5', [...sampleBytes('lenet-5')].map(([path, bytes]) => file(path, bytes)), 'mnist'],
  ] as const) {
    const { result } = await drained(engine.current.model.open({ files: [...files] }))
    console.log(name, JSON.stringify(result.inputs), JSON.stringify(result.outputs), result.totals.parameters)
    if (data) await drained(engine.current.data.attach({ datasetId: data, settings: null }))
    const variants = ['q8', 'q4'] as const
    let last = performance.now()
    let what = ''
    try {
    const stream = engine.current.recipe.variants({ recipe: defaultRecipe, variants })
    for await (const e of stream) {
      const now = performance.now()
      console.log(what, Math.round(now - last)); last = now
      what = JSON.stringify(e).slice(0, 400)
    }
    } catch (e) { console.log(String(e)) }
    console.log(what)
  }
})

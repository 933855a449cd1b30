import { unzipSync, strFromU8 } from 'fflate'
import * as ort from 'onnxruntime-web/wasm'
import { expect, it } from 'vitest'
import {
  drained,
  errorOf,
  file,
  freshEngine,
  quantized,
} from '../../../testing/engine/drive-engine'
import { onnxFiles } from '../../../testing/files/onnx-nets'
import { sampleBytes } from '../../../testing/models/sample-files'
import type { VariantsEvent } from '../../protocol/variant-messages'
import { defaultRecipe } from '../../techniques/recipe'

const engine = freshEngine()

const rowsOf = (events: readonly VariantsEvent[]) =>
  events.flatMap((event) => (event.type === 'row' ? [event.row] : []))

const netFiles = (name: string): Promise<File[]> =>
  Promise.all(onnxFiles(name).map(async (one) => file(one.path, await one.read(0, one.size))))

async function openSample(): Promise<void> {
  const files = [...sampleBytes('lenet-5')].map(([path, bytes]) => file(path, bytes))
  await drained(engine.current.model.open({ files }))
  await drained(engine.current.data.attach({ datasetId: 'mnist', settings: null }))
}

async function zipOf(blob: Blob | undefined): Promise<Map<string, Uint8Array>> {
  if (blob === undefined) throw new Error('no zip')
  return new Map(Object.entries(unzipSync(new Uint8Array(await blob.arrayBuffer()))))
}

it('writes, times and measures variants of a classifier, and puts them into a folder', async () => {
  await openSample()
  const recipe = defaultRecipe
  const variants = ['fp32', 'q4', 'bnb4'] as const
  const { events } = await drained(engine.current.recipe.variants({ recipe, variants }))
  const rows = rowsOf(events)
  expect(rows.map(({ id, refusal }) => [id, refusal?.code ?? null])).toEqual([
    ...variants.slice(0, -1).map((id) => [id, null]),
    ['bnb4', 'export/transformers-bnb4'],
  ])
  for (const { measure, times } of rows.slice(0, -1)) {
    expect(measure).toMatchObject({ type: 'accuracy', split: 'validation', measured: 250 })
    expect(times?.loadMs).toBeGreaterThan(0)
    expect(times?.runMs).toBeGreaterThan(0)
  }
  const [fp32] = rows
  expect(fp32?.measure?.type === 'accuracy' && fp32.measure.paired).toEqual({
    ...{ onlyOriginal: 0, onlyCompressed: 0 },
  })
  const [whole = NaN, bytes4 = NaN] = rows.map(({ bytes }) => bytes ?? NaN)
  // Convolutions, too.
  expect(bytes4).toBeLessThan(whole * 0.135)
  expect(rows[1]?.kinds).toContainEqual({ storedAs: 'int4', reason: null, bits: 4, tensors: 4 })

  const zip = await engine.current.recipe.variantsZip({ recipe, variants: ['fp32', 'q4'] })
  const files = await zipOf(zip?.zip)
  expect([...files.keys()]).toEqual([
    ...['README.md', 'config.json', 'preprocessor_config.json'],
    ...['onnx/model.onnx', 'onnx/model_q4.onnx'],
  ])
  const json = (name: string): unknown => JSON.parse(strFromU8(files.get(name) ?? new Uint8Array()))
  expect(json('config.json')).toMatchObject({
    ...{ model_type: 'resnet', num_labels: 10, 'transformers.js_config': { dtype: 'q4' } },
    id2label: { 0: '0', 9: '9' },
  })
  expect(json('preprocessor_config.json')).toMatchObject({
    ...{ size: { height: 28, width: 28 }, do_convert_rgb: false },
    ...{ image_mean: [0], image_std: [1], rescale_factor: 1 / 255 },
  })
  const readMe = strFromU8(files.get('README.md') ?? new Uint8Array())
  expect(readMe).toContain(zip?.code ?? 'no code')
  expect(readMe).toContain('| `q4` | `onnx/model_q4.onnx` |')

  ort.env.wasm.numThreads = 1
  const session = await ort.InferenceSession.create(
    files.get('onnx/model_q4.onnx') ?? new Uint8Array(),
    { executionProviders: ['wasm'] },
  )
  expect(session.inputNames).toEqual(['pixel_values'])
  const pixels = Float32Array.from({ length: 784 }, (_, at) => (at % 29) / 29)
  const found = await session.run({
    pixel_values: new ort.Tensor('float32', pixels, [1, 1, 28, 28]),
  })
  const [own = ''] = session.outputNames
  const logits = [...((found['logits']?.data ?? []) as Float32Array)]
  const exps = logits.map((logit) => Math.exp(logit - Math.max(...logits)))
  const sum = exps.reduce((total, value) => total + value, 0)
  const said = found[own]?.data as Float32Array
  exps.forEach((value, at) => {
    expect(value / sum).toBeCloseTo(said[at] ?? NaN, 5)
  })
  await session.release()
})

it('keeps codes of the page where they have the bits of a variant, and rounds the rest to halves', async () => {
  await drained(engine.current.model.open({ files: await netFiles('cnn') }))
  const recipe = quantized(3)
  const variants = ['q4', 'int8', 'uint8', 'q4f16', 'fp16'] as const
  const { events } = await drained(engine.current.recipe.variants({ recipe, variants }))
  const rows = rowsOf(events)
  expect(rows.map(({ refusal }) => refusal)).toEqual(variants.map(() => null))
  const bits = rows.map(({ kinds }) => Math.max(...kinds.map((kind) => kind.bits ?? 0)))
  expect(bits).toEqual([3, 8, 8, 3, 0])
  const floats = rows.map(({ kinds }) =>
    kinds.filter(({ storedAs }) => storedAs.startsWith('float')).map(({ storedAs }) => storedAs),
  )
  expect(floats.slice(3)).toEqual([['float16'], ['float16']])
  // Other settings: what was measured is not of them.
  const other = await engine.current.recipe.variantsZip({ recipe: quantized(4), variants })
  expect(other).toBeNull()
})

it('asks for the settings of what is no classifier of pictures, and takes them as they come', async () => {
  const nets = await netFiles('words')
  await drained(engine.current.model.open({ files: nets }))
  const request = { recipe: defaultRecipe, variants: ['q8'] } as const
  const refused = await errorOf(drained(engine.current.recipe.variants(request)))
  expect(refused.code).toMatch(/^export\/transformers-/)

  const config = {
    model_type: 'bert',
    architectures: ['BertForMaskedLM'],
    'transformers.js_config': { use_external_data_format: true },
  }
  const tokenizer = Uint8Array.from({ length: 300 }, (_, at) => at)
  await drained(
    engine.current.model.open({
      files: [
        ...nets,
        file('config.json', JSON.stringify(config)),
        file('tokenizer.json', tokenizer),
        file('tokenizer_config.json', '{"model_max_length": 512}'),
      ],
    }),
  )
  const { events } = await drained(engine.current.recipe.variants(request))
  expect(rowsOf(events)).toMatchObject([{ id: 'q8', refusal: null }])
  const zip = await engine.current.recipe.variantsZip(request)
  const files = await zipOf(zip?.zip)
  expect(files.get('tokenizer.json')).toEqual(tokenizer)
  expect(files.has('preprocessor_config.json')).toBe(false)
  expect(JSON.parse(strFromU8(files.get('config.json') ?? new Uint8Array()))).toEqual({
    ...config,
    'transformers.js_config': { dtype: 'q8' },
  })
  expect(zip?.code).toContain("pipeline('fill-mask'")
})

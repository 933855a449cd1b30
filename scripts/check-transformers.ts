/**
 * Writes folders for Transformers.js and loads each variant with the real library in Node: what its pipeline says, and the
 * numbers behind it, have to be what onnxruntime-web says of the same file, and its pictures what the page makes of them;
 * the code of README.md runs as it stands. Measures a net of the shape of ResNet-18, whose convolutions have 4 bits.
 * Needs a network for `@huggingface/transformers`, which npm fetches into a folder of its own.
 * Run: `npm run check:transformers`; `-- --folder FOLDER` keeps the library, `-- --small` takes a smaller ResNet, `-- --record`
 * writes docs/transformers-js.md.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { encode } from 'fast-png'
import { unzipSync } from 'fflate'
import * as ort from 'onnxruntime-web/wasm'
import { createRandom } from '../src/core/random'
import { variantSuffixes } from '../src/core/transformers-variants'
import type { VariantId } from '../src/core/transformers-variants'
import { createEngine } from '../src/engine/engine'
import type { Engine } from '../src/engine/engine'
import { drain } from '../src/protocol/drain'
import type { VariantRow } from '../src/protocol/variant-messages'
import { defaultRecipe } from '../src/techniques/recipe'
import { smallEnvironment } from '../testing/engine/small-environment'
import { onnxFiles } from '../testing/files/onnx-nets'
import { resNet18File, smallPictures } from '../testing/models/resnet-18'
import { sampleFiles } from '../testing/models/sample-files'
import { answered, apart, softmax } from './transformers/answers'
import { measureFourBits } from './transformers/four-bits'
import { fetchLibrary, LIBRARY, runThere } from './transformers/transformers-library'
import { writeTransformersPage } from './transformers/transformers-page'
import type { CheckedModel, CheckedVariant } from './transformers/transformers-page'

const { values: options } = parseArgs({
  options: {
    folder: { type: 'string' },
    record: { type: 'boolean' },
    small: { type: 'boolean' },
  },
})

/** As a share of the largest logit: sums are added in another order in Node. */
const TOLERANCE = 1e-4
/** onnxruntime in Node makes one operator of `DequantizeLinear` and a product, and rounds what is multiplied to 8 bits. */
const OF_FOUR_BITS = 0.05

function toleranceOf(dtype: VariantId): number {
  return dtype.startsWith('q4') ? OF_FOUR_BITS : TOLERANCE
}
const all: readonly VariantId[] = ['fp32', 'fp16', 'q8', 'int8', 'uint8', 'q4', 'q4f16']

const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'studio-transformers-'))
fetchLibrary(folder)
copyFileSync('scripts/transformers/load-folder.mjs.txt', join(folder, 'load-folder.mjs'))
const engine = createEngine(smallEnvironment())
await engine.start({ forced: 'wasm', exclude: [] })
ort.env.wasm.numThreads = 1
let failed = 0

interface Picture {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly bytes: readonly number[]
}

interface Said {
  readonly variants: readonly {
    readonly dtype: VariantId
    readonly loadMs: number
    readonly pictures?: readonly {
      readonly answers: readonly { readonly label: string; readonly score: number }[]
      readonly pixels: readonly number[]
      readonly dims: readonly number[]
      readonly logits: readonly number[]
    }[]
    readonly outputs?: readonly { readonly name: string; readonly data: readonly number[] }[]
  }[]
  readonly tokens?: readonly number[]
}

function pictures(count: number, width: number, height: number, channels: number): Picture[] {
  const random = createRandom(7)
  return Array.from({ length: count }, () => ({
    ...{ width, height, channels },
    bytes: Array.from({ length: width * height * channels }, () => random.below(256)),
  }))
}

/** Writes a folder where the library finds it. @returns what was measured, and its files */
async function folderOf(
  { recipe: procedures }: Engine,
  variants: readonly VariantId[],
): Promise<{
  rows: VariantRow[]
  name: string
  files: ReadonlyMap<string, Uint8Array>
  originalMs: number
}> {
  const rows: VariantRow[] = []
  let originalMs = NaN
  const request = { recipe: defaultRecipe, variants }
  await drain(procedures.variants(request), (event) => {
    if (event.type === 'row') rows.push(event.row)
    if (event.type === 'original') originalMs = event.original.times?.runMs ?? NaN
  })
  const made = await procedures.variantsZip(request)
  if (made === null) throw new Error('no folder was made')
  const name = made.fileName.replace(/\.zip$/, '')
  const files = new Map(Object.entries(unzipSync(new Uint8Array(await made.zip.arrayBuffer()))))
  for (const [path, bytes] of files) {
    const place = join(folder, 'models', name, path)
    mkdirSync(dirname(place), { recursive: true })
    writeFileSync(place, bytes)
  }
  return { rows, name, files, originalMs }
}

function asked(content: object): Said {
  const place = join(folder, 'asked.json')
  writeFileSync(place, JSON.stringify(content))
  const said = runThere(folder, 'load-folder.mjs', place).trim()
  return JSON.parse(said.slice(said.lastIndexOf('\n') + 1)) as Said
}

/** The first code of README.md, run where its words say. */
function runSnippet(files: ReadonlyMap<string, Uint8Array>, picture: Picture): string {
  const text = new TextDecoder().decode(files.get('README.md'))
  const [, code = ''] = /```js\n([^`]+)```/.exec(text) ?? []
  writeFileSync(join(folder, 'snippet.mjs'), code)
  const { bytes, channels, height, width } = picture
  const data = Uint8Array.from(bytes)
  writeFileSync(join(folder, 'picture.png'), encode({ width, height, channels, data }))
  return runThere(folder, 'snippet.mjs')
}

/** Bytes as the page shows them to this model: from 0 to 1, channels first. */
function shown({ bytes, channels, height, width }: Picture): number[] {
  const places = width * height
  return Array.from(
    { length: bytes.length },
    (_, at) => (bytes[(at % places) * channels + Math.floor(at / places)] ?? NaN) / 255,
  )
}

function verdict(
  name: string,
  dtype: string,
  parts: readonly (readonly [string, number, number])[],
) {
  for (const [what, value, most] of parts)
    if (!(value <= most)) {
      failed++
      console.log(`${name} ${dtype}: ${what} ${value} > ${most}`)
    }
}

async function checkClassifier(
  files: readonly File[],
  given: readonly Picture[],
  variants = all,
  dataset: string | null = null,
): Promise<CheckedModel> {
  await drain(engine.model.open({ files }), () => undefined)
  if (dataset !== null)
    await drain(engine.data.attach({ datasetId: dataset, settings: null }), () => undefined)
  const { files: written, name, originalMs, rows } = await folderOf(engine, variants)
  const loaded = rows.filter(({ refusal }) => refusal === null).map(({ id }) => id)
  if (loaded.length < variants.length) {
    failed++
    console.log(`${name}: ${JSON.stringify(rows.filter(({ refusal }) => refusal !== null))}`)
  }
  const said = asked({ name, variants: loaded, pictures: given })
  const checked: CheckedVariant[] = []
  for (const { dtype, loadMs, pictures: answers = [] } of said.variants) {
    const file = written.get(`onnx/model${variantSuffixes[dtype]}.onnx`) ?? new Uint8Array()
    let [logits, pixels, scores] = [0, 0, 0]
    for (const [at, answer] of answers.entries()) {
      const picture = given[at]
      if (picture === undefined) throw new Error('no picture')
      const values = new ort.Tensor('float32', Float32Array.from(answer.pixels), answer.dims)
      const found = await answered(file, { pixel_values: values })
      logits = Math.max(logits, apart(answer.logits, found['logits']?.data as Float32Array))
      pixels = Math.max(pixels, apart(answer.pixels, shown(picture)))
      const wanted = softmax(answer.logits).toSorted((one, other) => other - one)
      scores = Math.max(
        scores,
        apart(
          answer.answers.map(({ score }) => score),
          wanted,
        ),
      )
    }
    verdict(name, dtype, [
      ['logits apart', logits, toleranceOf(dtype)],
      ['pixels apart', pixels, 1e-6],
      ['scores apart', scores, 1e-5],
    ])
    const row = rows.find(({ id }) => id === dtype)
    checked.push({ dtype, bytes: file.length, row: row ?? null, loadMs, logits, pixels })
  }
  const [first] = given
  const snippet = first === undefined ? '' : runSnippet(written, first)
  if (!/label: '.+',[^]*score: /.test(snippet)) {
    failed++
    console.log(`${name}: the code of README.md printed ${snippet}`)
  }
  console.log(`${name}: ${checked.map(({ dtype, bytes }) => `${dtype} ${bytes}`).join(', ')}`)
  return { name, originalMs, variants: checked }
}

/** A model that came with its settings and a tokenizer: they are as they came, and the library takes it for what they say. */
async function checkWords(): Promise<CheckedModel> {
  const nets = onnxFiles('words')
  const bytes = await Promise.all(nets.map((file) => file.read(0, file.size)))
  const vocab = { '[PAD]': 0, '[UNK]': 1, one: 2, two: 3, three: 4 }
  const tokenizer = {
    ...{ version: '1.0', truncation: null, padding: null, added_tokens: [], normalizer: null },
    ...{ pre_tokenizer: { type: 'Whitespace' }, post_processor: null, decoder: null },
    model: { type: 'WordLevel', vocab, unk_token: '[UNK]' },
  }
  const json = (path: string, content: object): File => new File([JSON.stringify(content)], path)
  const beside = [
    json('config.json', { model_type: 'bert', architectures: ['BertModel'] }),
    json('tokenizer.json', tokenizer),
    json('tokenizer_config.json', { tokenizer_class: 'PreTrainedTokenizerFast' }),
  ]
  const files = [
    ...nets.map(({ path }, at) => new File([(bytes[at] ?? '') as BlobPart], path)),
    ...beside,
  ]
  await drain(engine.model.open({ files }), () => undefined)
  const { files: written, name, originalMs, rows } = await folderOf(engine, all)
  for (const file of beside.slice(1)) {
    const kept = new TextDecoder().decode(written.get(file.name))
    if (kept !== (await file.text())) {
      failed++
      console.log(`${file.name} did not come back as it came`)
    }
  }
  const data = [1, 2, 3, 0, 2, 1]
  const inputs = { tokens: { data, dims: [1, 6], type: 'int64' } }
  const loaded = rows.filter(({ refusal }) => refusal === null).map(({ id }) => id)
  const said = asked({ name, variants: loaded, inputs, text: 'one three two' })
  if (JSON.stringify(said.tokens) !== '[2,4,3]') {
    failed++
    console.log(`the tokenizer said ${JSON.stringify(said.tokens)}`)
  }
  const checked: CheckedVariant[] = []
  for (const { dtype, loadMs, outputs = [] } of said.variants) {
    const path = [...written.keys()].find(
      (one) =>
        one.endsWith(`${variantSuffixes[dtype]}.onnx`) &&
        (dtype !== 'fp32' || !/_\w+\.onnx$/.test(one)),
    )
    const file = written.get(path ?? '') ?? new Uint8Array()
    const tokens = new ort.Tensor('int64', BigInt64Array.from(data, BigInt), [1, 6])
    const found = await answered(file, { tokens })
    const [output] = outputs
    const logits = apart(output?.data ?? [], found[output?.name ?? '']?.data as Float32Array)
    verdict(name, dtype, [['outputs apart', logits, toleranceOf(dtype)]])
    const row = rows.find(({ id }) => id === dtype)
    checked.push({ dtype, bytes: file.length, row: row ?? null, loadMs, logits, pixels: null })
  }
  return { name, originalMs, variants: checked }
}

const size = options.small === true ? { ...smallPictures, width: 16, classes: 10 } : smallPictures
const net = new File([resNet18File(size)], 'resnet-18.onnx')
const models = [
  await checkClassifier(sampleFiles('lenet-5'), pictures(8, 28, 28, 1), all, 'mnist'),
  await checkClassifier(sampleFiles('lenet-300-100'), pictures(8, 28, 28, 1), all, 'mnist'),
  await checkWords(),
  await checkClassifier([net], pictures(2, size.side, size.side, 3), [
    'fp32',
    'fp16',
    'q8',
    'q4',
    'q4f16',
  ]),
]
const fourBits = await measureFourBits(size, resNet18File(size))
for (const { apart: far, block, bytes, expected } of fourBits)
  verdict('resnet-18', `4 bits, blocks of ${String(block)}`, [
    ['bytes apart', Math.abs(bytes / expected - 1), 0.03],
    ['outputs apart', far, 1e-5],
  ])
await engine.model.close()
if (options.folder === undefined) rmSync(folder, { recursive: true })
if (options.record === true)
  writeTransformersPage('docs/transformers-js.md', LIBRARY, models, fourBits)
console.log(failed === 0 ? 'all as they should be' : `${failed} wrong`)
process.exitCode = failed === 0 ? 0 : 1

/** What the page makes of a sample, by the page's own engine in Node. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createEngine } from '../../src/engine/engine'
import type { Engine } from '../../src/engine/engine'
import { nodeEnvironment } from '../../src/engine/host/node-environment'
import type { ExportTarget } from '../../src/core/model-summary'
import { memoryFile } from '../../src/files/file-bundle'
import { readZip } from '../../src/files/zip-archive'
import { isStudioError } from '../../src/core/errors'
import { drain } from '../../src/protocol/drain'
import type { ExportResult } from '../../src/protocol/recipe-messages'
import { recipeWith } from '../../testing/studio/recipe-with'
import type { Recipe } from '../../src/techniques/recipe'
import { sampleFiles } from '../../testing/models/sample-files'
import { datasetOf, Laboratory } from '../experiments/laboratory'
import type { SampleId } from '../experiments/laboratory'
import { searched } from '../experiments/searching'
import type { Row } from './row'

type Steps = Parameters<typeof recipeWith>[0]

/** Points of accuracy that "Make it small" may lose, as a share of the validation pictures. */
const ALLOWED = 0.001

const onnx: ExportTarget = { container: 'onnx', precision: 'exact' }
const tfjs: ExportTarget = { container: 'tfjs', precision: 'exact' }
const packed: ExportTarget = { container: 'tfjs', precision: 'packed' }
const channels = { granularity: 'perChannel', symmetry: 'symmetric' } as const
const coded = { biases: 8, normalization: 8 } as const

/** A recipe, and the files that hold it. */
interface Setting {
  readonly name: string
  readonly recipe: (sample: SampleId) => Recipe | Promise<Recipe>
  readonly as: readonly ExportTarget[]
  /** Whether it is made with the sample's data, as what puts biases right needs them; the file is measured with it then. */
  readonly withData?: true
}

/** What other tools have as well. */
const paired: readonly Setting[] = [
  setting('8 bits per tensor', { quantize: { bits: 8 } }, tfjs, onnx),
  setting('8 bits per tensor, symmetric', { quantize: { bits: 8, symmetry: 'symmetric' } }, onnx),
  setting(
    '8 bits per tensor, biases too',
    { quantize: { bits: 8, biases: 8, normalization: 8 } },
    tfjs,
  ),
  setting('8 bits per channel', { quantize: { ...channels, bits: 8 } }, tfjs, onnx),
  setting('4 bits per channel', { quantize: { ...channels, bits: 4 } }, packed, onnx),
  setting(
    '4 bits in blocks of 32',
    { quantize: { bits: 4, granularity: 'perGroup', groupSize: 32, symmetry: 'symmetric' } },
    onnx,
  ),
  setting('4 bits per tensor', { quantize: { bits: 4 } }, tfjs, onnx),
  setting(
    'float16',
    {},
    { container: 'tfjs', precision: 'float16' },
    { container: 'onnx', precision: 'float16' },
  ),
]

/** What other tools have not: any number of bits, and what "Make it small" finds without training. */
const besides: readonly Setting[] = [
  ...[5, 6, 7].flatMap((bits) => [
    setting(`${bits} bits per tensor, biases too`, { quantize: { ...coded, bits } }, tfjs, onnx),
    setting(`${bits} bits per channel`, { quantize: { ...channels, bits } }, onnx),
  ]),
  {
    name: '"Make it small", at most 0.1 points, no training',
    recipe: smallest,
    as: [tfjs, onnx],
    withData: true,
  },
]

/**
 * Every setting as files below a folder, with what it takes; nothing is measured.
 * @param known settings that need not be made again
 */
export async function* ours(
  sample: SampleId,
  folder: string,
  known: ReadonlySet<string>,
): AsyncGenerator<Row> {
  const engine = createEngine(nodeEnvironment())
  await engine.start({ forced: 'wasm', exclude: [] })
  try {
    for (const { as, name, recipe, withData } of [...paired, ...besides]) {
      let found: Recipe | null = null
      for (const target of as) {
        const { container, precision } = target
        const kind = precision === 'exact' ? container : `${container}, ${precision}`
        if (known.has(`${name}, ${kind}`)) continue
        found ??= await recipe(sample)
        const common = { tool: 'the studio', setting: `${name}, ${kind}` }
        // Without data nothing is measured but how far the outputs are: opened, compressed, written, read again and compared.
        const before = process.cpuUsage()
        await drain(engine.model.open({ files: sampleFiles(sample) }))
        if (withData === true)
          await drain(engine.data.attach({ datasetId: datasetOf(sample), settings: null }))
        const result = await exported(engine, { recipe: found, target }).catch(refused)
        const { system, user } = process.cpuUsage(before)
        const seconds = (system + user) / 1e6
        const path = join(folder, `${name} ${kind}`.replaceAll(/[^\w]+/g, '-'))
        yield typeof result === 'string'
          ? { ...common, error: result }
          : { ...common, seconds, right: null, path, ...(await laidDown(result, path)) }
      }
    }
  } finally {
    await engine.model.close()
  }
}

interface Try {
  readonly recipe: Recipe
  readonly target: ExportTarget
}

function exported(engine: Engine, { recipe, target }: Try): Promise<ExportResult> {
  return drain(engine.recipe.export({ recipe, target, report: 'apart' }))
}

function setting(name: string, steps: Steps, ...as: ExportTarget[]): Setting {
  return { name, recipe: () => recipeWith(steps), as }
}

/** What "Make it small" finds on the validation pictures, by sizes of layers models. */
async function smallest(sample: SampleId): Promise<Recipe> {
  const laboratory = await Laboratory.open(sample)
  try {
    const { best } = await searched(laboratory, (recipe) => laboratory.tried(recipe), ALLOWED)
    return best.recipe
  } finally {
    await laboratory.close()
  }
}

function refused(error: unknown): string {
  if (isStudioError(error)) return error.code
  throw error
}

async function laidDown({ reportZipBytes, zip }: ExportResult, folder: string) {
  const bytes = new Uint8Array(await zip.arrayBuffer())
  const files = await readZip(memoryFile('model.zip', bytes), () => Promise.resolve())
  mkdirSync(folder)
  for (const file of files) {
    const content = await file.read(0, file.size)
    writeFileSync(join(folder, file.path), content)
  }
  return {
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    zipped: zip.size,
    reportBytes: reportZipBytes,
  }
}

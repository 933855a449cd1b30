/** What the page makes of a sample, by the page's own engine in Node. */
import { createEngine } from '../../src/engine/engine'
import type { Engine } from '../../src/engine/engine'
import { nodeEnvironment } from '../../src/engine/host/node-environment'
import type { ContainerId, ExportTarget } from '../../src/core/model-summary'
import { memoryFile } from '../../src/files/file-bundle'
import { readZip } from '../../src/files/zip-archive'
import { isStudioError } from '../../src/core/errors'
import { drain } from '../../src/protocol/drain'
import type { MeasureEvent } from '../../src/protocol/measure-messages'
import type { ExportResult } from '../../src/protocol/recipe-messages'
import { recipeWith } from '../../testing/studio/recipe-with'
import { sampleFiles } from '../../testing/models/sample-files'
import type { Row } from './row'

type Steps = Parameters<typeof recipeWith>[0]

/** What is tried, chosen before anything was measured: the settings that other tools have as well. */
const settings: readonly {
  readonly name: string
  readonly steps: Steps
  /** As what; nothing said: as everything but floats, Keras and what stock readers of weights read. */
  readonly as?: readonly ExportTarget[]
}[] = [
  { name: '8 bits per tensor', steps: { quantize: { bits: 8 } } },
  {
    name: '8 bits per tensor, biases too',
    steps: { quantize: { bits: 8, biases: 8, normalization: 8 } },
  },
  {
    name: '8 bits per channel',
    steps: { quantize: { bits: 8, granularity: 'perChannel', symmetry: 'symmetric' } },
  },
  {
    name: '4 bits per channel',
    steps: { quantize: { bits: 4, granularity: 'perChannel', symmetry: 'symmetric' } },
  },
  {
    name: '4 bits in blocks of 32',
    steps: { quantize: { bits: 4, granularity: 'perGroup', groupSize: 32, symmetry: 'symmetric' } },
  },
  { name: '4 bits per tensor', steps: { quantize: { bits: 4 } } },
  {
    name: 'float16',
    steps: {},
    as: [
      { container: 'tfjs', precision: 'float16' },
      { container: 'onnx', precision: 'float16' },
    ],
  },
]

const asked: ReadonlySet<ContainerId> = new Set(['tfjs', 'onnx'])
const plain: ReadonlySet<string> = new Set(['float32', 'float16'])

/** Every setting as everything, with what it takes and comes to. */
export async function* ours(sample: string, datasetId: string): AsyncGenerator<Row> {
  const engine = createEngine(nodeEnvironment())
  await engine.start({ forced: 'wasm', exclude: [] })
  const open = () => drain(engine.model.open({ files: sampleFiles(sample) }))
  try {
    const { targets } = await open()
    const others = targets.filter(
      ({ container, precision }) => asked.has(container) && !plain.has(precision),
    )
    const tries = settings.flatMap(({ as = others, name, steps }) =>
      as.map((target) => ({ name, steps, target, seconds: NaN })),
    )
    // Without data nothing is measured but how far the outputs are: opened, compressed, written, read again and compared.
    for (const one of tries) {
      const before = process.cpuUsage()
      await open()
      await exported(engine, one).catch(refused)
      const { system, user } = process.cpuUsage(before)
      one.seconds = (system + user) / 1e6
    }
    await drain(engine.data.attach({ datasetId, settings: null }))
    for (const one of tries) {
      const { container, precision } = one.target
      const kind = precision === 'exact' ? container : `${container}, ${precision}`
      const common = { tool: 'the studio', setting: `${one.name}, ${kind}` }
      const result = await exported(engine, one).catch(refused)
      yield typeof result === 'string'
        ? { ...common, error: result }
        : { ...common, ...(await figuresOf(result)), seconds: one.seconds }
    }
  } finally {
    await engine.model.close()
  }
}

interface Try {
  readonly steps: Steps
  readonly target: ExportTarget
}

function exported(engine: Engine, { steps, target }: Try): Promise<ExportResult> {
  return drain(engine.recipe.export({ recipe: recipeWith(steps), target, report: 'apart' }))
}

function refused(error: unknown): string {
  if (isStudioError(error)) return error.code
  throw error
}

async function figuresOf({ reportZipBytes, runtime, test, validation, zip }: ExportResult) {
  const bytes = new Uint8Array(await zip.arrayBuffer())
  const files = await readZip(memoryFile('model.zip', bytes), () => Promise.resolve())
  return {
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    zipped: zip.size,
    reportBytes: reportZipBytes,
    runtime,
    right: { validation: correct(validation), test: correct(test) },
  }
}

function correct(measure: MeasureEvent | null): number {
  if (measure?.type !== 'accuracy') throw new Error('Nothing was measured.')
  return measure.correct
}

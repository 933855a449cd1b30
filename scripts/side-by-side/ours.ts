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
import { sampleFiles } from '../../testing/models/sample-files'
import type { Row } from './row'

type Steps = Parameters<typeof recipeWith>[0]

const onnx: ExportTarget = { container: 'onnx', precision: 'exact' }
const tfjs: ExportTarget = { container: 'tfjs', precision: 'exact' }
const packed: ExportTarget = { container: 'tfjs', precision: 'packed' }

/** What other tools have as well. */
const settings: readonly {
  readonly name: string
  readonly steps: Steps
  readonly as: readonly ExportTarget[]
}[] = [
  { name: '8 bits per tensor', steps: { quantize: { bits: 8 } }, as: [tfjs, onnx] },
  {
    name: '8 bits per tensor, symmetric',
    steps: { quantize: { bits: 8, symmetry: 'symmetric' } },
    as: [onnx],
  },
  {
    name: '8 bits per tensor, biases too',
    steps: { quantize: { bits: 8, biases: 8, normalization: 8 } },
    as: [tfjs],
  },
  {
    name: '8 bits per channel',
    steps: { quantize: { bits: 8, granularity: 'perChannel', symmetry: 'symmetric' } },
    as: [tfjs, onnx],
  },
  {
    name: '4 bits per channel',
    steps: { quantize: { bits: 4, granularity: 'perChannel', symmetry: 'symmetric' } },
    as: [packed, onnx],
  },
  {
    name: '4 bits in blocks of 32',
    steps: { quantize: { bits: 4, granularity: 'perGroup', groupSize: 32, symmetry: 'symmetric' } },
    as: [onnx],
  },
  { name: '4 bits per tensor', steps: { quantize: { bits: 4 } }, as: [tfjs, onnx] },
  {
    name: 'float16',
    steps: {},
    as: [
      { container: 'tfjs', precision: 'float16' },
      { container: 'onnx', precision: 'float16' },
    ],
  },
]

/**
 * Every setting as files below a folder, with what it takes; nothing is measured.
 * @param known settings that need not be made again
 */
export async function* ours(
  sample: string,
  folder: string,
  known: ReadonlySet<string>,
): AsyncGenerator<Row> {
  const engine = createEngine(nodeEnvironment())
  await engine.start({ forced: 'wasm', exclude: [] })
  try {
    for (const { as, name, steps } of settings)
      for (const target of as) {
        const { container, precision } = target
        const kind = precision === 'exact' ? container : `${container}, ${precision}`
        if (known.has(`${name}, ${kind}`)) continue
        const common = { tool: 'the studio', setting: `${name}, ${kind}` }
        // Without data nothing is measured but how far the outputs are: opened, compressed, written, read again and compared.
        const before = process.cpuUsage()
        await drain(engine.model.open({ files: sampleFiles(sample) }))
        const result = await exported(engine, { steps, target }).catch(refused)
        const { system, user } = process.cpuUsage(before)
        const seconds = (system + user) / 1e6
        const path = join(folder, `${name} ${kind}`.replaceAll(/[^\w]+/g, '-'))
        yield typeof result === 'string'
          ? { ...common, error: result }
          : { ...common, seconds, right: null, path, ...(await laidDown(result, path)) }
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

import { StudioError } from '../../core/errors'
import { memoryFile } from '../../files/file-bundle'
import { joinZip } from '../../files/zip-writer'
import type { PackedFile } from '../../files/zip-writer'
import type { StoredForm } from '../../formats/exporter'
import { storedForms } from '../../formats/exporters'
import type { OpenedModel } from '../../formats/format'
import { openModel } from '../../formats/importers'
import type { MeasureEvent, MeasureWork } from '../../protocol/measure-messages'
import type { ExportProgress, ExportRequest, ExportResult } from '../../protocol/recipe-messages'
import { finishReport } from './archive-draft'
import { exportTensors } from './export-tensors'
import type { Measurements } from '../measure/measurements'
import { withData } from '../measure/work-ground'
import type { WorkGround } from '../measure/work-ground'
import { heaviestLayerMacs } from '../model/open-files'
import type { ModelStore } from '../model/model-store'
import { createProvenModel } from '../model/prove-model'
import { phaseSteps } from '../work/phase-steps'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'
import type { RecipeRunner } from './recipe-runner'
import type { Between } from '../../files/between'

export interface ExportTools {
  readonly tools: Toolbox
  readonly models: ModelStore
  readonly measurements: Measurements
  readonly runner: RecipeRunner
}

/**
 * Makes the download: encodes, writes, reads the written files with the importer, requires the decoded
 * weights bit for bit, measures the model that was read, writes the report with these numbers, and
 * reads the finished archive once more. All of it stands on the data that is attached when it begins.
 * @throws StudioError 'export/...', 'engine/no-model', 'engine/cancelled'
 */
export async function exportModel(
  { recipe, target, report: place = 'inside' }: ExportRequest,
  parts: ExportTools,
  emit: Emit<ExportProgress>,
  signal: AbortSignal,
): Promise<ExportResult> {
  const { tools, models, measurements, runner } = parts
  const { report: tell, step } = phaseSteps(tools.pace, emit, signal)
  const ground = measurements.groundOf(models.require())
  const { state } = ground
  emit({ phase: 'encoding', done: 0, total: 0 })
  const result = await runner.run(ground, recipe, signal)
  const draft = await runner.draft(ground, recipe, target, signal, step('writing'))
  const expected = storedForms(state.opened, exportTensors(state.opened, result), target)

  emit({ phase: 'verifying', done: 0, total: 0 })
  const bundle = draft.exported.files.map(({ path, bytes }) => memoryFile(path, bytes))
  const reread = await openModel(bundle, step('verifying'))
  await verify(reread, expected, step('verifying'))

  const { validation, test } = await measureReread(parts, ground, reread, tell, signal)
  const measures = [validation, test].filter((measure) => measure !== null)
  const about = finishReport(draft, measures)
  const zip = zipBlob(place === 'inside' ? [...draft.model, ...about] : draft.model)
  const reportZip = zipBlob(about)

  const file = memoryFile('download.zip', new Uint8Array(await zip.arrayBuffer()))
  await verify(await openModel([file], step('verifying')), expected, step('verifying'))
  const name = fileNameOf(state.summary.name)
  return {
    fileName: `${name}-compressed.zip`,
    zip,
    zippedBytes: zip.size,
    reportPlace: place,
    reportZip,
    reportFileName: `${name}-report.zip`,
    reportZipBytes: reportZip.size,
    shardBytes: draft.exported.shardBytes,
    tensors: draft.exported.tensors,
    validation,
    test,
  }
}

function zipBlob(files: readonly PackedFile[]): Blob {
  return new Blob(joinZip(files), { type: 'application/zip' })
}

/** Builds the model that the file holds, measures it, and frees it. */
async function measureReread(
  { tools, measurements }: ExportTools,
  ground: WorkGround,
  reread: OpenedModel,
  tell: Emit<ExportProgress>,
  signal: AbortSignal,
): Promise<{ validation: MeasureEvent | null; test: MeasureEvent | null }> {
  const { state } = ground
  // The bytes and the weights were compared; there is nothing to run.
  if (state.runnable === null) return { validation: null, test: null }
  const { info, watch } = tools.backend()
  const heaviest = tools.pace.expect(heaviestLayerMacs(state.summary))
  const runnable = await tools.exclusive.run(signal, () =>
    createProvenModel(reread, {
      info,
      watch,
      between: () => () => tools.pace.breathe(signal, heaviest),
    }),
  )
  try {
    const compared = { kind: 'model', runnable } as const
    const show = (event: MeasureEvent | MeasureWork): void => {
      if (event.type === 'work') tell({ phase: 'measuring', done: event.done, total: event.total })
    }
    const validation = await measurements.measure(ground, compared, show, signal)
    const onData = withData(ground)
    const hasTest = onData?.data.summary.splits.some((split) => split.name === 'test') ?? false
    if (onData === null || !hasTest) return { validation, test: null }
    const test = await measurements.measureSplit(onData, 'test', compared, show, signal)
    return { validation, test }
  } finally {
    runnable.dispose()
  }
}

/**
 * Requires that a file restores the weights that were shown, bit for bit.
 * @throws StudioError 'export/verify-failed' naming the first tensor that differs
 */
async function verify(
  reread: OpenedModel,
  expected: readonly StoredForm[],
  between: Between,
): Promise<void> {
  if (reread.weights.length !== expected.length)
    throw new StudioError('export/verify-failed', {
      tensor: '',
      reason: `${reread.weights.length} tensors came back instead of ${expected.length}`,
    })
  for (const [index, { name, restored }] of expected.entries()) {
    const found = reread.weights[index]
    const wanted = restored()
    if (found?.spec.name !== name || found.values.length !== wanted.length)
      throw new StudioError('export/verify-failed', {
        tensor: name,
        reason: 'it did not come back',
      })
    const bad = firstDifference(wanted, found.values)
    if (bad >= 0)
      throw new StudioError('export/verify-failed', {
        tensor: name,
        reason: `value ${bad} is ${found.values[bad] ?? NaN} instead of ${wanted[bad] ?? NaN}`,
      })
    await between(index + 1, expected.length)
  }
}

/** Bits, not numbers: 0 and -0 differ. */
function firstDifference(
  wanted: Float32Array | Int32Array | Uint8Array,
  found: Float32Array | Int32Array | Uint8Array,
): number {
  for (let i = 0; i < wanted.length; i++) if (!Object.is(wanted[i], found[i])) return i
  return -1
}

function fileNameOf(name: string): string {
  const safe = name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+|-+$/g, '')
  return safe === '' ? 'model' : safe
}

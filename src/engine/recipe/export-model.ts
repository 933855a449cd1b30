import type { ExportTarget } from '../../core/model-summary'
import type { Between } from '../../files/between'
import { joinZip } from '../../files/zip-writer'
import type { ExportProgress, ExportRequest, ExportResult } from '../../protocol/recipe-messages'
import type { Recipe } from '../../techniques/recipe'
import type { Measurements } from '../measure/measurements'
import type { WorkGround } from '../measure/work-ground'
import { pipelineFor } from '../model/model-store'
import type { ModelStore } from '../model/model-store'
import { phaseSteps } from '../work/phase-steps'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'
import { finishReport } from './archive-draft'
import type { ArchiveDraft } from './archive-draft'
import { measureFile } from './measure-file'
import { isLarge } from '../model/weight-bytes'
import type { ExportSignals } from './measure-file'
import type { RecipeRunner } from './recipe-runner'
import { verifyFile } from './verify-file'
import type { ExpectedFile, WrittenZip } from './verify-file'

export interface ExportTools {
  readonly tools: Toolbox
  readonly models: ModelStore
  readonly measurements: Measurements
  readonly runner: RecipeRunner
}

/**
 * Makes the download: encodes, writes, reads the written archive with the importer, requires the decoded
 * weights bit for bit, measures the model that was read, writes the report with these numbers, and
 * reads the finished archive once more. Finished files are Blobs, so the script holds a piece of one at a time.
 * All of it stands on the data that is attached when it begins.
 * @throws StudioError 'export/...', 'engine/no-model', 'engine/cancelled'
 */
export async function exportModel(
  { recipe, target, report: place = 'inside' }: ExportRequest,
  parts: ExportTools,
  emit: Emit<ExportProgress>,
  { signal, leave }: ExportSignals,
): Promise<ExportResult> {
  const { tools, models, measurements, runner } = parts
  const { step } = phaseSteps(tools.pace, emit, signal)
  const ground = measurements.groundOf(models.require())
  const { state } = ground
  emit({ phase: 'encoding', done: 0, total: 0 })
  const { draft, expected } = await made(ground, recipe, target, runner, signal, step('writing'))
  if (isLarge(state, tools)) pipelineFor(state, recipe).forget()

  emit({ phase: 'verifying', done: 0, total: 0 })
  const alone = zipOf(draft.model)
  const isAlike = await verifyFile(alone, expected, step('verifying'))
  const file = { zip: alone.zip, expected, isAlike, container: target.container }
  const measured = await measureFile(parts, ground, file, emit, { signal, leave })
  const { validation, test } = measured
  const measures = [validation, test].filter((measure) => measure !== null)
  const about = finishReport(draft, measures, measured.runtime)
  const { zip: reportZip } = zipOf(about)
  const finished = place === 'inside' ? zipOf([...draft.model, ...about]) : alone
  // Without the report it is the archive that has just been read.
  if (finished !== alone) await verifyFile(finished, expected, step('verifying'))
  const { zip } = finished
  const name = fileNameOf(state.summary.name)
  return {
    fileName: `${name}-compressed.zip`,
    zip,
    zippedBytes: zip.size,
    reportPlace: place,
    reportZip,
    reportFileName: `${name}-report.zip`,
    reportZipBytes: reportZip.size,
    container: target.container,
    shardBytes: draft.exported.shardBytes,
    tensors: draft.exported.tensors,
    usageCode: draft.exported.usage.code,
    usageLanguage: draft.exported.usage.language,
    usageWeb: draft.exported.usage.web ?? null,
    ...measured,
  }
}

/** Runs the steps and writes the file; what steps made on the way is nobody's any more afterwards. */
async function made(
  ground: WorkGround,
  recipe: Recipe,
  target: ExportTarget,
  runner: RecipeRunner,
  signal: AbortSignal,
  between: Between,
): Promise<{ draft: ArchiveDraft; expected: ExpectedFile }> {
  const draft = await runner.draft(ground, recipe, target, signal, between)
  const { held: forms, ofWeights = forms } = draft.exported
  return { draft, expected: { opened: ground.state.opened, forms, ofWeights } }
}

function zipOf(packed: WrittenZip['packed']): WrittenZip {
  return { zip: new Blob(joinZip(packed), { type: 'application/zip' }), packed }
}

function fileNameOf(name: string): string {
  // What was downloaded before is called compressed already.
  const safe = name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+|-+$|-compressed$/g, '')
  return safe === '' ? 'model' : safe
}

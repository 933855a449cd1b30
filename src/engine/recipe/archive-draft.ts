import type { ExportTarget } from '../../core/model-summary'
import type { DataSummary } from '../../protocol/data-messages'
import type { MeasureEvent } from '../../protocol/measure-messages'
import type { ExportedModel } from '../../formats/exporter'
import { exporterFor } from '../../formats/exporters'
import { writeModelCard } from '../../formats/model-card'
import { padZip } from '../../files/pad-zip'
import { fingerprint, writeReport } from '../../formats/report'
import type {
  ReportContent,
  ReportedAccuracy,
  ReportedData,
  ReportedScores,
} from '../../formats/report'
import { writeZip, zipLength } from '../../files/zip-writer'
import type { PipelineResult } from '../../techniques/pipeline'
import type { Recipe } from '../../techniques/recipe'
import { exportTensors } from './export-tensors'
import { hashRestored } from './restored-hashes'
import { historyOf, pipelineFor } from '../model/model-store'
import type { OpenModelState } from '../model/model-store'
import { recipeLayers } from './weights-event'
import type { Between } from '../../files/between'

/**
 * Bytes kept free for the digits of the accuracies, which are known only after the rest is written. A
 * few dozen digits differ, and each moves deflate by a few bytes at most.
 */
const SLACK = 384

/** The splits that a report states, in its order. */
const REPORTED_SPLITS = ['validation', 'test'] as const

/**
 * A download whose size is already certain: all that is missing are the digits of the accuracies, and
 * the archive is padded to the same length whatever they are. So the size on the page is the size of
 * the file.
 */
export interface ArchiveDraft {
  readonly exported: ExportedModel
  readonly content: ReportContent
  /** Bytes of the finished archive. */
  readonly zippedBytes: number
}

/**
 * Writes everything but the accuracies.
 * @throws StudioError 'export/float16-range'
 */
export async function draftArchive(
  state: OpenModelState,
  result: PipelineResult,
  recipe: Recipe,
  { container, precision }: ExportTarget,
  data: DataSummary | null,
  versions: Readonly<Record<string, string>>,
  between: Between,
): Promise<ArchiveDraft> {
  const tensors = exportTensors(state.opened, result)
  const exporter = exporterFor(container)
  const exported = await exporter.write(state.opened, tensors, precision, between)
  const hashes = await hashRestored(exporter, state.opened.weights, tensors, precision, between)
  const content: ReportContent = {
    model: state.summary.name,
    modelFormat: state.summary.format,
    versions,
    recipe,
    seed: recipe.seed,
    training: historyOf(state, recipe),
    layers: recipeLayers(state, pipelineFor(state, recipe), result),
    tensors: exported.tensors.map((tensor, index) => ({
      ...tensor,
      decodedSha256: hashes[index] ?? '',
    })),
    files: await fingerprint(exported.files, between),
    originalZippedFloat32Bytes: state.summary.zippedFloat32Bytes,
    data: data === null ? null : reportedData(data),
    ...widest(data),
  }
  const parts = await writeZip(filesWith(exported, content), between)
  return { exported, content, zippedBytes: zipLength(parts) + SLACK }
}

/**
 * Writes the archive with what was measured, in exactly `draft.zippedBytes` bytes.
 * @param measures in the order of the splits that the draft was made for
 */
export async function finishArchive(
  { exported, content, zippedBytes }: ArchiveDraft,
  measures: readonly MeasureEvent[],
  between: Between,
): Promise<Uint8Array[]> {
  const final = { ...content, ...reported(measures) }
  return padZip(await writeZip(filesWith(exported, final), between), zippedBytes)
}

function filesWith(exported: ExportedModel, content: ReportContent) {
  return [...exported.files, writeReport(content), writeModelCard(content)]
}

type Measured = Pick<ReportContent, 'accuracy' | 'scores'>

function reported(measures: readonly MeasureEvent[]): Measured {
  const accuracy: ReportedAccuracy[] = []
  const scores: ReportedScores[] = []
  for (const event of measures) {
    if (event.type === 'agreement') continue
    const { dataset, split, measured: samples } = event
    if (event.type === 'accuracy') {
      const { correct, originalCorrect, paired, topFive } = event
      const extra = topFive === null ? {} : { topFive }
      accuracy.push({ dataset, split, samples, correct, originalCorrect, ...paired, ...extra })
    } else
      scores.push({
        dataset,
        split,
        samples,
        task: event.task,
        scores: event.scores.map(({ id, value, original }) => ({
          id,
          value: rounded(value),
          original: rounded(original),
        })),
      })
  }
  return { accuracy, scores }
}

/** Nine digits: the length of what is written must be known before it is. */
function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(9))
}

function reportedData({ name, settings, own }: DataSummary): ReportedData {
  return { name, hash: own?.hash ?? null, settings }
}

/** Any of the scores that a task has, as long as it can be written. */
const WIDEST_SCORE = -1.23456789e-17

const scoreIds = {
  multiLabel: ['labelAccuracy', 'microF1', 'exactMatch'],
  regression: ['mae', 'r2'],
} as const

/** All right is the longest that a count can be. */
function widest(data: DataSummary | null): Measured {
  const accuracy: ReportedAccuracy[] = []
  const scores: ReportedScores[] = []
  if (data === null) return { accuracy, scores }
  const { task } = data.settings
  for (const name of REPORTED_SPLITS) {
    const split = data.splits.find((candidate) => candidate.name === name)
    if (split === undefined) continue
    const where = { dataset: data.id, split: name, samples: split.count }
    const all = { correct: split.count, originalCorrect: split.count }
    const paired = { onlyOriginal: split.count, onlyCompressed: split.count }
    if (task === 'multiLabel' || task === 'regression')
      scores.push({
        ...where,
        task,
        scores: scoreIds[task].map((id) => ({ id, value: WIDEST_SCORE, original: WIDEST_SCORE })),
      })
    else if (task !== 'unlabelled') accuracy.push({ ...where, ...all, ...paired, topFive: all })
  }
  return { accuracy, scores }
}

import type { AccuracyEvent } from '../protocol/messages'
import type { Checkpoint, ExportedModel, ExportFormat, ExportTensor } from '../formats/format'
import { writeModelCard } from '../formats/model-card'
import { padZip } from '../formats/pad-zip'
import { fingerprint, writeReport } from '../formats/report'
import type { ReportContent, ReportedAccuracy } from '../formats/report'
import { exportTfjsLayers } from '../formats/tfjs-layers/tfjs-layers.export'
import { writeZip, zipLength } from '../formats/zip-writer'
import type { PipelineResult } from '../techniques/pipeline'
import type { Recipe } from '../techniques/recipe'
import type { Dataset } from './dataset-store'
import { decodedHashes } from './decoded-values'
import type { OpenModelState } from './model-store'
import { recipeLayers } from './weights-event'

/**
 * Bytes kept free for the digits of the accuracies, which are known only after the rest is written. A
 * few dozen digits differ, and each moves deflate by a few bytes at most.
 */
const SLACK = 256

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
  format: ExportFormat,
  dataset: Dataset | null,
  versions: Readonly<Record<string, string>>,
  between: Checkpoint,
): Promise<ArchiveDraft> {
  const tensors = exportTensors(state, result)
  const exported = await exportTfjsLayers(state.opened, tensors, format, between)
  const hashes = await decodedHashes(tensors, format, between)
  const content: ReportContent = {
    model: state.summary.name,
    versions,
    recipe,
    seed: recipe.seed,
    layers: recipeLayers(state, result),
    tensors: exported.tensors.map((tensor, index) => ({
      ...tensor,
      decodedSha256: hashes[index] ?? '',
    })),
    files: await fingerprint(exported.files, between),
    originalZippedFloat32Bytes: state.summary.zippedFloat32Bytes,
    accuracy: widestAccuracies(dataset),
  }
  const parts = await writeZip(filesWith(exported, content), between)
  return { exported, content, zippedBytes: zipLength(parts) + SLACK }
}

/**
 * Writes the archive with its accuracies, in exactly `draft.zippedBytes` bytes.
 * @param accuracy in the order of the splits that the draft was made for
 */
export async function finishArchive(
  { exported, content, zippedBytes }: ArchiveDraft,
  accuracy: readonly AccuracyEvent[],
  between: Checkpoint,
): Promise<Uint8Array[]> {
  const final = { ...content, accuracy: accuracy.map(reported) }
  return padZip(await writeZip(filesWith(exported, final), between), zippedBytes)
}

function filesWith(exported: ExportedModel, content: ReportContent) {
  return [...exported.files, writeReport(content), writeModelCard(content)]
}

function reported(event: AccuracyEvent): ReportedAccuracy {
  const { dataset, split, measured, correct, originalCorrect } = event
  return { dataset, split, samples: measured, correct, originalCorrect }
}

/** All right is the longest that a count can be. */
function widestAccuracies(dataset: Dataset | null): ReportedAccuracy[] {
  if (dataset === null) return []
  return REPORTED_SPLITS.flatMap((name) =>
    dataset.summary.splits
      .filter((split) => split.name === name)
      .map(({ count }) => ({
        dataset: dataset.summary.id,
        split: name,
        samples: count,
        correct: count,
        originalCorrect: count,
      })),
  )
}

/** In the order of the file: what a step made of a float weight, everything else as it was opened. */
export function exportTensors(state: OpenModelState, result: PipelineResult): ExportTensor[] {
  const encoded = new Map(result.tensors.map((tensor) => [tensor.spec.name, tensor.encoded]))
  return state.opened.weights.map((weight) => encoded.get(weight.spec.name) ?? weight)
}

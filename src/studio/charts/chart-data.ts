import type { StageId } from '../../case-study/case-plan'
import type { LayerSummary, ModelSummary } from '../../core/model-summary'
import type { ReportPlace, SizeReport } from '../../protocol/recipe-messages'
import type { HistogramReport, LayerReport } from '../../techniques/weights-report'
import type { Recipe } from '../../techniques/recipe'
import type { CasePath } from '../store/case-slice'
import type { ChosenZip } from '../store/export-target'
import { measuredShare } from '../store/measures'
import { effectKey } from '../store/recipe-slice'
import type { TriedPoint } from '../store/run-slice'
import type { EpochPoint } from '../store/train-slice'
import { zipBytes } from '../store/zip-bytes'

/** original: of the model as it was opened. file: bytes that exist. computed: no file has them. */
export type SizeKind = 'original' | 'file' | 'computed'

export type SizeRowId =
  | 'originalStored'
  | 'originalOwnZipped'
  | 'originalFloat32'
  | 'originalZipped'
  | 'leftZipped'
  | 'stored'
  | 'plainZipped'
  | 'zipped'
  | 'zippedBefore'
  | 'bitPacked'
  | 'sparse'
  | 'entropyBound'

export interface SizeRow {
  readonly id: SizeRowId
  readonly kind: SizeKind
  readonly bytes: number
  /** An estimate while a thumb moves. */
  readonly estimate: boolean
}

/**
 * Bars of the size chart, from what was opened, as it was, to what no file can go below.
 * @param chosen bytes of the download where that is another one than the sizes are of
 * @param isOfThese whether it is of the settings as they are
 */
export function sizeRows(
  model: ModelSummary,
  sizes: SizeReport,
  report: ReportPlace,
  chosen: ChosenZip,
  isOfThese: boolean,
): readonly SizeRow[] {
  const { original, removed, totals } = model
  const { own } = original
  const row = (id: SizeRowId, kind: SizeKind, bytes: number, estimate = false): SizeRow => ({
    id,
    kind,
    bytes,
    estimate,
  })
  // Of a model that was cut only the original's own files are known byte for byte.
  const stored = own?.storedBytes ?? (removed === null ? totals.storedBytes : original.float32Bytes)
  return [
    ...(stored === original.float32Bytes ? [] : [row('originalStored', 'original', stored)]),
    ...(own === null ? [] : [row('originalOwnZipped', 'original', own.zippedBytes)]),
    row('originalFloat32', 'original', original.float32Bytes),
    row('originalZipped', 'original', original.zippedFloat32Bytes),
    ...(removed === null ? [] : [row('leftZipped', 'computed', model.zippedFloat32Bytes)]),
    row('stored', 'file', sizes.stored),
    // The bar of the download is of the one that was chosen, or of none.
    row(
      chosen === null ? 'zipped' : 'plainZipped',
      'file',
      zipBytes(sizes, report),
      !sizes.zippedIsExact,
    ),
    ...(typeof chosen === 'number'
      ? [row(isOfThese ? 'zipped' : 'zippedBefore', 'file', chosen)]
      : []),
    row('bitPacked', 'computed', sizes.bitPacked),
    row('sparse', 'computed', sizes.sparse),
    row('entropyBound', 'computed', sizes.entropyBound),
  ]
}

/** What was opened, what is downloaded, and what no coding of single weights can go below. */
export function mainSizes(rows: readonly SizeRow[]): readonly SizeRow[] {
  const opened = rows.some(({ id }) => id === 'originalOwnZipped')
    ? 'originalOwnZipped'
    : 'originalZipped'
  const main: readonly SizeRowId[] = [
    ...([opened, 'plainZipped', 'zipped', 'zippedBefore', 'entropyBound'] as const),
  ]
  return rows.filter(({ id }) => main.includes(id))
}

export interface LayerSparsityRow {
  readonly name: string
  readonly before: number
  readonly after: number
  readonly weights: number
}

/** Share of zeros of each layer that has compressible weights, as opened and with the settings. */
export function sparsityRows(
  model: ModelSummary,
  layers: readonly LayerReport[],
): readonly LayerSparsityRow[] {
  const opened = new Map(model.layers.map((layer) => [layer.name, layer]))
  return layers
    .filter((layer) => layer.weights > 0)
    .map(({ name, weights, zeros }) => ({
      name,
      weights,
      before: sparsityOf(opened.get(name)),
      after: zeros / weights,
    }))
}

/** Zeros of the largest tensor's kind would mislead beside biases, so all tensors count as opened. */
function sparsityOf(layer: LayerSummary | undefined): number {
  if (layer === undefined || layer.parameters === 0) return 0
  return layer.zeros / layer.parameters
}

export interface HistogramRow {
  /** Left edge of the bin. */
  readonly from: number
  readonly before: number
  readonly after: number
}

/**
 * Rows of a stepped curve over the bins, closed by the right edge of the last one.
 * @param floor smallest count that is drawn: half a weight keeps empty bins on a logarithmic axis
 */
export function histogramRows(histogram: HistogramReport, floor: number): readonly HistogramRow[] {
  const { min, max, before, after } = histogram
  const width = (max - min) / Math.max(1, before.length)
  const rows = before.map((count, bin) => ({
    from: min + bin * width,
    before: Math.max(floor, count),
    after: Math.max(floor, after[bin] ?? 0),
  }))
  const last = rows.at(-1)
  return last === undefined ? [] : [...rows, { ...last, from: max }]
}

export interface TriedRow {
  readonly key: string
  readonly recipe: Recipe
  readonly bytes: number
  readonly share: number
  readonly current: boolean
  /** Weights were removed at random: the control that any other criterion must beat. */
  readonly random: boolean
}

export function removesAtRandom({ steps }: Recipe): boolean {
  return steps.some(
    (step) => step.enabled && step.technique === 'prune' && step.config.method === 'random',
  )
}

/** Points of the accuracy chart, oldest first. */
export function triedRows(
  tried: readonly TriedPoint[],
  recipe: Recipe,
  report: ReportPlace,
): readonly TriedRow[] {
  const now = effectKey(recipe)
  return tried.flatMap((point) => {
    const share = measuredShare(point.measure)
    if (share === null) return []
    return [
      {
        key: point.key,
        recipe: point.recipe,
        bytes: zipBytes(point.size, report),
        share,
        current: point.key === now,
        random: removesAtRandom(point.recipe),
      },
    ]
  })
}

/** Where a run has been, epoch by epoch, as points of size and share. */
export function pathRows(
  epochs: readonly EpochPoint[],
  report: ReportPlace,
): readonly { readonly bytes: number; readonly share: number; readonly recipe: Recipe }[] {
  return epochs.flatMap(({ measure, size, recipe }) => {
    const share = measuredShare(measure)
    return share === null ? [] : [{ bytes: zipBytes(size, report), share, recipe }]
  })
}

/** A case study as a path of stages. */
export interface StudyRow {
  readonly id: number
  readonly points: readonly {
    readonly stage: StageId
    /** Position in the study, to go back to. */
    readonly index: number
    readonly bytes: number
    readonly share: number
  }[]
}

export function studyRows(paths: readonly CasePath[], report: ReportPlace): readonly StudyRow[] {
  return paths.map(({ id, stages }) => ({
    id,
    points: stages.flatMap(({ id: stage, share, size }, index) =>
      share === null ? [] : [{ stage, index, bytes: zipBytes(size, report), share }],
    ),
  }))
}

/** The points that no other beats in size and share at once, smallest first. */
export function paretoFront<Point extends { readonly bytes: number; readonly share: number }>(
  points: readonly Point[],
): readonly Point[] {
  const sorted = [...points].sort((a, b) => a.bytes - b.bytes || b.share - a.share)
  const front: Point[] = []
  for (const point of sorted) {
    const best = front.at(-1)
    if (best === undefined || point.share > best.share) front.push(point)
  }
  return front
}

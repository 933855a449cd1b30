import type { StageId } from '../../case-study/case-plan'
import type { LayerSummary, ModelSummary } from '../../core/model-summary'
import type { SizeReport } from '../../protocol/recipe-messages'
import type { HistogramReport, LayerReport } from '../../techniques/weights-report'
import type { ConfigOf } from '../../techniques/catalog'
import type { Recipe } from '../../techniques/recipe'
import type { CasePath } from '../store/case-slice'
import type { Measure } from '../store/model-slice'
import { effectKey } from '../store/recipe-slice'
import type { TriedPoint } from '../store/run-slice'
import type { EpochPoint } from '../store/train-slice'

/** original: of the model as it was opened. file: bytes that exist. computed: no file has them. */
export type SizeKind = 'original' | 'file' | 'computed'

export type SizeRowId =
  | 'originalStored'
  | 'originalFloat32'
  | 'originalZipped'
  | 'stored'
  | 'zipped'
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

/** Bars of the size chart, from what was opened to what no file can go below. */
export function sizeRows(model: ModelSummary, sizes: SizeReport): readonly SizeRow[] {
  const { storedBytes, float32Bytes } = model.totals
  const row = (id: SizeRowId, kind: SizeKind, bytes: number, estimate = false): SizeRow => ({
    id,
    kind,
    bytes,
    estimate,
  })
  return [
    row('originalFloat32', 'original', sizes.float32),
    ...(storedBytes === float32Bytes ? [] : [row('originalStored', 'original', storedBytes)]),
    row('originalZipped', 'original', model.zippedFloat32Bytes),
    row('stored', 'file', sizes.stored),
    row('zipped', 'file', sizes.zipped, !sizes.zippedIsExact),
    row('bitPacked', 'computed', sizes.bitPacked),
    row('sparse', 'computed', sizes.sparse),
    row('entropyBound', 'computed', sizes.entropyBound),
  ]
}

export type SizeReason =
  'nothing' | 'pruneOnly' | 'decoded' | 'oneByte' | 'belowOneByte' | 'twoBytes'

/** Why the file has the size it has: key of the sentence. */
export function sizeReason(recipe: Recipe): SizeReason {
  const quantize = recipe.steps.find((step) => step.enabled && step.technique === 'quantize')
  if (quantize?.technique !== 'quantize') {
    return recipe.steps.some((step) => step.enabled) ? 'pruneOnly' : 'nothing'
  }
  if (inexactSettings(recipe).length > 0) return 'decoded'
  if (quantize.config.bits > 8) return 'twoBytes'
  return quantize.config.bits === 8 ? 'oneByte' : 'belowOneByte'
}

export type InexactSetting = 'perChannel' | 'mean' | 'linearWithMask'

/** Settings that no entry of a stock manifest can hold, so that decoded values are written. */
export function inexactSettings(recipe: Recipe): readonly InexactSetting[] {
  const prunes = recipe.steps.some((step) => step.enabled && step.technique === 'prune')
  return recipe.steps.flatMap((step) => {
    if (!step.enabled || step.technique !== 'quantize') return []
    const { scheme, granularity } = step.config
    return [
      ...(granularity === 'perChannel' ? (['perChannel'] as const) : []),
      ...(scheme === 'mean' ? (['mean'] as const) : []),
      ...(scheme === 'linear' && prunes ? (['linearWithMask'] as const) : []),
    ]
  })
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

/** What a measure is: key of its name on the chart. */
export type MeasureKind = 'accuracy' | 'agreement' | 'multiLabel' | 'regression'

export function measureKind(measure: Measure): MeasureKind {
  return measure.type === 'scores' ? measure.task : measure.type
}

/** What the accuracy chart can show: null where a measure is no share of anything. */
export function measuredShare(measure: Measure): number | null {
  if (measure.measured === 0) return null
  switch (measure.type) {
    case 'accuracy':
      return measure.correct / measure.measured
    case 'agreement':
      return measure.agreement
    case 'scores': {
      const wanted = measure.task === 'regression' ? 'r2' : 'labelAccuracy'
      return measure.scores.find(({ id }) => id === wanted)?.value ?? null
    }
  }
}

/** Points of the accuracy chart, oldest first. */
export function triedRows(tried: readonly TriedPoint[], recipe: Recipe): readonly TriedRow[] {
  const now = effectKey(recipe)
  return tried.flatMap((point) => {
    const share = measuredShare(point.measure)
    if (share === null) return []
    return [
      {
        key: point.key,
        recipe: point.recipe,
        bytes: point.zippedBytes,
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
): readonly { readonly bytes: number; readonly share: number; readonly recipe: Recipe }[] {
  return epochs.flatMap(({ measure, zippedBytes, recipe }) => {
    const share = measuredShare(measure)
    return share === null ? [] : [{ bytes: zippedBytes, share, recipe }]
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

export function studyRows(paths: readonly CasePath[]): readonly StudyRow[] {
  return paths.map(({ id, stages }) => ({
    id,
    points: stages.flatMap(({ id: stage, share, zippedBytes }, index) =>
      share === null ? [] : [{ stage, index, bytes: zippedBytes, share }],
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

/** A recipe in a few words: parts for the language file to join. */
export function recipeParts(recipe: Recipe): {
  readonly prune: {
    readonly target: string
    readonly value: number
    readonly random: boolean
  } | null
  readonly quantize: {
    readonly bits: number
    readonly scheme: ConfigOf<'quantize'>['scheme']
    readonly channel: boolean
  } | null
} {
  let prune = null
  let quantize = null
  for (const step of recipe.steps) {
    if (!step.enabled) continue
    if (step.technique === 'prune') {
      const { target, value, method } = step.config
      prune = { target, value, random: method === 'random' }
    } else {
      const { bits, scheme, granularity } = step.config
      quantize = { bits, scheme, channel: granularity === 'perChannel' }
    }
  }
  return { prune, quantize }
}

/**
 * Round values that cover a range, about `count` of them; zero is one of them where it is inside.
 * @returns ascending, multiples of 1, 2 or 5 times a power of ten
 */
export function roundTicks(min: number, max: number, count: number): readonly number[] {
  const span = max - min
  if (!(span > 0)) return [min]
  const rough = span / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.75) ?? 10) * power
  const first = Math.ceil(min / step - 1e-9)
  const last = Math.floor(max / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  )
}

/** Counts for a logarithmic axis: powers of ten, with 2 and 5 between where there are few of them. */
export function countTicks(largest: number): number[] {
  const decades = Math.floor(Math.log10(Math.max(1, largest))) + 1
  const steps = decades > 3 ? [1] : [1, 2, 5]
  return Array.from({ length: decades }, (_, decade) => steps.map((step) => step * 10 ** decade))
    .flat()
    .filter((tick) => tick <= largest)
}

import { estimateDeflatedBytes } from '../../core/deflate-estimate'
import { isArray } from '../../core/encoded-tensor'
import type { EncodedTensor } from '../../core/encoded-tensor'
import { totalSizes } from '../../core/sizes'
import { storedKinds } from '../../formats/exporter'
import type { MovedScales } from '../../formats/exporter'
import { exactTarget, formsOf, writtenParts } from '../../formats/exporters'
import type { ReportedLayer } from '../../formats/report'
import type { SizeReport, WeightsEvent } from '../../protocol/recipe-messages'
import type { Pipeline, PipelineResult } from '../../techniques/pipeline'
import { reportWeights } from '../../techniques/weights-report'
import type { OpenModelState } from '../model/model-store'
import { exportTensors } from './export-tensors'

/** What a zip holds besides weights. */
export interface Overhead {
  readonly bytes: number
  readonly reportBytes: number
}

/**
 * What the page shows of a recipe's weights, with the size of the zip estimated.
 * @param overhead bytes of the zip that are not weights, and of report and card among them
 * @returns what stops after each pass over a tensor
 */
export function* weightsEvent(
  state: OpenModelState,
  pipeline: Pipeline,
  result: PipelineResult,
  focus: readonly string[],
  overhead: Overhead,
): Generator<undefined, WeightsEvent, undefined> {
  const report = yield* reportWeights(pipeline, result, focus)
  const { opened } = state
  const target = exactTarget(opened)
  const parts = writtenParts(opened, exportTensors(opened, result), target)
  const forms = formsOf(opened, parts, target)
  return {
    type: 'weights',
    ...report,
    sizes: {
      ...totalSizes(heldTensors(state, result)),
      stored: forms.reduce((sum, { bytes }) => sum + bytes, 0),
      zipped: estimateDeflatedBytes(forms.flatMap(({ entry }) => entry ?? [])) + overhead.bytes,
      zippedIsExact: false,
      reportBytes: overhead.reportBytes,
      kinds: storedKinds(forms),
      ...scalesCounted(parts.scales),
    },
  }
}

/** How many of them, for the page. */
function scalesCounted(scales: MovedScales | null): Pick<SizeReport, 'scales'> {
  if (scales === null) return {}
  return { scales: { moved: scales.moved.length, inserted: scales.inserted.length } }
}

/** Codes that the file brought are still its codes where no step has changed them, and are counted as such. */
function heldTensors({ weights }: OpenModelState, { tensors }: PipelineResult): EncodedTensor[] {
  return tensors.map(({ encoded }, index) => {
    const { stored = null, values } = weights[index] ?? {}
    return isArray(encoded, values) && stored !== null ? stored : encoded
  })
}

/** The same per-layer results for a report. */
export function* recipeLayers(
  state: OpenModelState,
  pipeline: Pipeline,
  result: PipelineResult,
): Generator<undefined, ReportedLayer[], undefined> {
  const classes = new Map(state.opened.layers.map(({ name, className }) => [name, className]))
  const report = yield* reportWeights(pipeline, result, [])
  return report.layers.map(({ name, weights, zeros, bits, mse, sqnrDb }) => ({
    name,
    className: classes.get(name) ?? '',
    weights,
    zeros,
    bits,
    mse,
    sqnrDb,
  }))
}

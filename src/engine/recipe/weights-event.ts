import { estimateDeflatedBytes } from '../../core/deflate-estimate'
import type { ReportedLayer } from '../../formats/report'
import type { WeightsEvent } from '../../protocol/recipe-messages'
import type { Pipeline, PipelineResult } from '../../techniques/pipeline'
import { reportWeights } from '../../techniques/weights-report'
import type { OpenModelState } from '../model/model-store'
import { storedBytes, storedForm } from './stored-forms'

/**
 * What the page shows of a recipe's weights, with the size of the zip estimated.
 * @param overhead bytes of the zip that are not weights
 */
export function weightsEvent(
  state: OpenModelState,
  pipeline: Pipeline,
  result: PipelineResult,
  focus: readonly string[],
  overhead: number,
): WeightsEvent {
  const report = reportWeights(pipeline, result, focus)
  const sources = state.opened.weights.filter(({ values }) => values instanceof Float32Array)
  const entries = result.tensors.flatMap((tensor, index) => {
    const source = sources[index]
    return source === undefined ? [] : [storedForm(source, tensor.encoded)]
  })
  return {
    type: 'weights',
    ...report,
    sizes: {
      ...report.sizes,
      stored: storedBytes(entries),
      zipped: estimateDeflatedBytes(entries) + overhead,
      zippedIsExact: false,
    },
  }
}

/** The same per-layer results for a report. */
export function recipeLayers(
  state: OpenModelState,
  pipeline: Pipeline,
  result: PipelineResult,
): ReportedLayer[] {
  const classes = new Map(state.opened.layers.map(({ name, className }) => [name, className]))
  return reportWeights(pipeline, result, []).layers.map(
    ({ name, weights, zeros, bits, mse, sqnrDb }) => ({
      name,
      className: classes.get(name) ?? '',
      weights,
      zeros,
      bits,
      mse,
      sqnrDb,
    }),
  )
}

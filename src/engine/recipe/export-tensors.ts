import { isArray } from '../../core/encoded-tensor'
import type { ExportTensor } from '../../formats/exporter'
import type { OpenedModel } from '../../formats/format'
import type { PipelineResult } from '../../techniques/pipeline'

/**
 * In the order of the file: what a step made of a float weight, everything else as it was opened. Where no step has
 * made anything, all is as it was opened.
 */
export function exportTensors(
  { weights }: Pick<OpenedModel, 'weights'>,
  result: PipelineResult,
): readonly ExportTensor[] {
  const encoded = new Map(result.tensors.map((tensor) => [tensor.spec.name, tensor.encoded]))
  const tensors = weights.map((weight) => encoded.get(weight.spec.name) ?? weight)
  const isMade = weights.some((weight) => {
    const made = encoded.get(weight.spec.name)
    return made !== undefined && !isArray(made, weight.values)
  })
  return isMade ? tensors : weights
}

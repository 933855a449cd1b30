import type { ExportTensor } from '../../formats/exporter'
import type { OpenedModel } from '../../formats/format'
import type { PipelineResult } from '../../techniques/pipeline'

/** In the order of the file: what a step made of a float weight, everything else as it was opened. */
export function exportTensors(
  { weights }: Pick<OpenedModel, 'weights'>,
  result: PipelineResult,
): ExportTensor[] {
  const encoded = new Map(result.tensors.map((tensor) => [tensor.spec.name, tensor.encoded]))
  return weights.map((weight) => encoded.get(weight.spec.name) ?? weight)
}

import type * as tf from '@tensorflow/tfjs'
import { activationRange } from '../../src/core/activation-range'
import type { ActivationSettings } from '../../src/core/model-summary'
import { ValueHistogram } from '../../src/core/value-histogram'
import type { ExportedModel, ExportTensor } from '../../src/formats/exporter'
import { exporterFor, writeModel } from '../../src/formats/exporters'
import type { OpenedModel } from '../../src/formats/format'
import { answeredByOnnx } from './onnx-written'

const go = (): Promise<void> => Promise.resolve()

/** A model with codes of activations, over the ranges that these inputs show. */
export async function writtenStatic(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  inputs: readonly tf.Tensor[],
  settings: ActivationSettings,
): Promise<ExportedModel> {
  const file = exporterFor('onnx').calibration?.(model, tensors, 'static8') ?? null
  if (file === null) throw new Error('nothing to see')
  const shown = [...file.shown.keys()]
  // Outputs of the model come first.
  const found = (await answeredByOnnx(Uint8Array.from(file.bytes), inputs)).slice(-shown.length)
  const ranges = shown.map((value, at) => {
    const histogram = new ValueHistogram()
    histogram.add(Float32Array.from(found[at]?.dataSync() ?? []))
    return [value, activationRange(histogram, settings.range)] as const
  })
  const ranks = shown.map((value, at) => [value, found[at]?.rank ?? 0] as const)
  for (const tensor of found) tensor.dispose()
  return writeModel(model, tensors, { container: 'onnx', precision: 'static8' }, go, {
    settings,
    ranges: new Map(ranges),
    ranks: new Map(ranks),
    samples: { count: inputs[0]?.shape[0] ?? 0, of: 'a test' },
  })
}

import { decode } from '../../../core/encoded-tensor'
import type { AffineTensor, FloatTensor } from '../../../core/encoded-tensor'
import { oneGroup } from '../../../core/group-layout'
import type { TensorSpec } from '../../../core/tensor-spec'
import type { ExportTensor } from '../../exporter'
import type { OpenedWeight } from '../../format'

/** A tensor with other numbers for each channel. */
export function changed(
  tensor: ExportTensor,
  spec: TensorSpec,
  change: (value: number, channel: number) => number,
): FloatTensor {
  const values = 'kind' in tensor ? decode(tensor) : tensor.values
  return { kind: 'float', spec, values: Float32Array.from(values, change) }
}

/** A weight that the model did not have. */
export function added(
  layer: string,
  name: string,
  values: Float32Array,
): OpenedWeight & { readonly values: Float32Array } {
  const spec: TensorSpec = {
    ...{ name: `${layer}/${name}`, shape: [values.length], dtype: 'float32' },
    ...{ role: 'normalization', layerName: layer, layerKind: 'normalization' },
    channel: { count: 1, inner: Math.max(1, values.length) },
  }
  return {
    ...{ spec, values, storedAs: 'float32', storedBytes: values.byteLength },
    ...{ zeros: 0, quantized: null },
  }
}

/** As many times the same small whole number, in a byte each that deflates to nothing. */
export function repeated(spec: TensorSpec, value: number, length: number): AffineTensor {
  return {
    ...{ kind: 'affine', spec, bits: 8, codes: new Uint8Array(length), mask: null },
    groups: oneGroup(length),
    scale: Float32Array.of(1),
    zeroPoint: Float64Array.of(-value),
  }
}

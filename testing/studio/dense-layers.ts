import type { LayerSummary } from '../../src/core/model-summary'
import type { TensorSpec } from '../../src/core/tensor-spec'
import { modelSummary } from './test-data'

/** Dense layers of these names, each with a kernel that can be compressed. */
export function denseLayers(...names: readonly string[]): readonly LayerSummary[] {
  return names.map((name) => {
    const [layer] = modelSummary().layers
    if (layer === undefined) throw new Error('no layer')
    const spec: TensorSpec = {
      ...{ name: `${name}/kernel`, layerName: name, layerKind: 'dense', role: 'kernel' },
      ...{ shape: [5, 2], dtype: 'float32', channel: { count: 2, inner: 1 } },
    }
    const kernel = { spec, elements: 10, storedBytes: 40, storedAs: 'float32', zeros: 0 } as const
    return { ...layer, name, tensors: [kernel] }
  })
}

import type { Json, JsonObject } from '../../src/files/read-json'
import type { KerasWeight } from '../../src/formats/keras/keras-file'
import type { OpenKeras } from '../../src/formats/keras/open-keras'

/** Zeros of a shape. */
export function weight(name: string, shape: readonly number[]): KerasWeight {
  const size = shape.reduce((all, side) => all * side, 1)
  return {
    name,
    path: name,
    shape,
    dtype: 'float32',
    read: () => Promise.resolve(new Float32Array(size)),
  }
}

/** A Sequential of these layers, as a file that tf-keras wrote. */
export function fileOf(
  layers: readonly Json[],
  weights: Readonly<Record<string, readonly KerasWeight[]>>,
) {
  const config: JsonObject = {
    class_name: 'Sequential',
    config: { name: 'net', layers: [...layers] },
  }
  const file: OpenKeras = {
    ...{ file: 'net.h5', writer: 'keras-2', version: '2.15.0', config },
    weightsOf: (path) => weights[path] ?? [],
    weights: Object.values(weights).flat(),
    wrapperWeights: new Map(),
    ...{ guessed: null, skipped: 0, adapted: 0, kind: 'h5' },
    root: { path: '', attributes: new Map(), groups: new Map(), datasets: new Map() },
  }
  return { file, config }
}

/** What such a model reads. */
export const given = {
  class_name: 'InputLayer',
  config: { name: 'given', batch_input_shape: [null, 4], dtype: 'float32' },
}

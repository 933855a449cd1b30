import { NotExact } from '../../tfjs-layers/lowering/lowered-call'
import type { Flowing, LoweredCall } from '../../tfjs-layers/lowering/lowered-call'

/**
 * Numbers of categories, [batch, numbers] or of any rank where each is written alone, as ones in as many places as there
 * are categories. A number that is no category has no place.
 * https://keras.io/api/layers/preprocessing_layers/categorical/category_encoding/
 */
export function categoryEncoding(call: LoweredCall): Flowing {
  const { x, config } = call
  if (config.object['sparse'] === true) throw new NotExact('sparse')
  const depth = config.size('num_tokens')
  const mode = config.object['output_mode'] ?? 'multi_hot'
  const places = (indices: Flowing): Flowing => {
    const whole = call.cast(indices, 'int32')
    // Whole numbers: the WASM kernel of stock TensorFlow.js gives nothing else, whatever it is asked for.
    const attributes = { depth, on: 1, off: 0, dtype: 'int32' } as const
    return call.cast(call.node('oneHot', attributes, [whole], whole.rank + 1), 'float32')
  }
  if (mode === 'one_hot') return places(oneAlone(call))
  // Keras sums beyond two axes along the second one, whatever it says its shape is.
  if (x.rank !== call.lead + 1) throw new NotExact('output_mode')
  const together = { axes: [x.rank - 1], keepDims: false }
  switch (mode) {
    case 'count':
      return call.node('reduce', { function: 'Sum', ...together }, [places(x)], x.rank)
    // What Keras called it first.
    case 'binary':
    case 'multi_hot':
      return call.node('reduce', { function: 'Max', ...together }, [places(x)], x.rank)
    default:
      throw new NotExact('output_mode')
  }
}

/** A last axis of one number goes. */
function oneAlone(call: LoweredCall): Flowing {
  const { x, called } = call
  if (x.rank <= call.lead) return x
  const last = called.shapeOf(x)?.at(-1) ?? null
  if (last === null) throw new NotExact('output_mode')
  if (last !== 1) return x
  return call.node('squeeze', { axes: [x.rank - 1] }, [x], x.rank - 1)
}

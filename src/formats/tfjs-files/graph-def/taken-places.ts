import type { GraphWriter, Wire } from './graph-writer'
import { type, whole } from './written-attributes'

/** Places of an axis; indices of any type. */
export function taken(net: GraphWriter, x: Wire, indices: Wire, axis: number): Wire {
  const sides = [...x.sides.slice(0, axis), ...indices.sides, ...x.sides.slice(axis + 1)]
  const attributes = {
    ...{ Tparams: type(x.dtype), Tindices: type('int32'), Taxis: type('int32') },
    batch_dims: whole(0),
  }
  const inputs = [x, net.cast(indices, 'int32'), net.number(axis, 'int32')]
  return net.node('GatherV2', inputs, attributes, { sides, dtype: x.dtype })
}

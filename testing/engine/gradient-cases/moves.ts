import type { Answer } from './gradient-case'

/** Operators that move numbers, make them or say shapes. */
export const moves: {
  readonly [
    Op in
      | 'concat'
      | 'stack'
      | 'split'
      | 'reshape'
      | 'squeeze'
      | 'unsqueeze'
      | 'transpose'
      | 'pad'
      | 'slice'
      | 'gather'
      | 'expand'
      | 'tile'
      | 'shape'
      | 'fill'
      | 'range'
      | 'oneHot'
      | 'gatherND'
      | 'scatter'
      | 'nonMaxSuppression'
      | 'opaque'
  ]: Answer<Op>
} = {
  concat: [
    {
      attributes: { axis: -1 },
      shapes: [
        [2, 3],
        [2, 1],
      ],
    },
  ],
  stack: [
    {
      attributes: { axis: 1 },
      shapes: [
        [2, 3],
        [2, 3],
      ],
    },
  ],
  split: [{ attributes: { axis: 1, sizes: [1, 2], squeeze: false }, shapes: [[2, 3]], outputs: 2 }],
  reshape: [{ attributes: { to: [0, -1] }, shapes: [[2, 3, 2]] }],
  squeeze: [{ attributes: { axes: [1] }, shapes: [[2, 1, 3]] }],
  unsqueeze: [{ attributes: { axes: [0, 2] }, shapes: [[2, 3]] }],
  transpose: [{ attributes: { perm: [2, 0, 1] }, shapes: [[2, 3, 2]] }],
  pad: (['constant', 'reflect', 'symmetric', 'edge', 'wrap'] as const).map((mode) => ({
    // Of an open side nothing says where it ends.
    attributes: { begin: [0, 1], end: [/^[ew]/.test(mode) ? 0 : 1, 2], mode, value: 2 },
    shapes: [[2, 4]],
  })),
  slice: [
    {
      attributes: {
        axes: [1, 2],
        starts: [-1, 0],
        ends: [null, null],
        steps: [-2, 2],
        squeezed: [],
      },
      shapes: [[2, 5, 3]],
    },
  ],
  gather: [
    {
      attributes: { axis: 0 },
      shapes: [
        [3, 2],
        [2, 2],
      ],
      indices: [1],
    },
  ],
  expand: [{ attributes: { to: [2, 3, 2] }, shapes: [[3, 1]] }],
  tile: [
    { attributes: { repeats: [2, 1, 3] }, shapes: [[1, 2, 2]] },
    { attributes: { repeats: [2, 1, 3, 1, 2] }, shapes: [[1, 2, 1, 2, 1]] },
    { attributes: { repeats: [0, 2] }, shapes: [[1, 2], null, [3]], unread: [2] },
  ],
  shape: [{ attributes: {}, shapes: [[2, 3]] }],
  fill: [{ attributes: { to: [2, 3] }, shapes: [null, []] }],
  range: 'reads no real numbers',
  oneHot: 'reads no real numbers',
  gatherND: [
    {
      attributes: {},
      shapes: [
        [2, 2, 3],
        [3, 2],
      ],
      indices: [1],
    },
  ],
  scatter: (['Replace', 'Add'] as const).map((name) => ({
    attributes: { function: name },
    shapes: [[3, 2], name === 'Add' ? [3] : [2], [name === 'Add' ? 3 : 2, 2]],
    indices: [1],
  })),
  nonMaxSuppression: 'gives no real numbers',
  opaque: 'has no meaning',
}

import { numbers, T, text, whole } from '../graph-attributes'
import { matrix, one, only, picture } from './operator-case'
import type { OperatorCase } from './operator-case'

function strided(masks: { [key: string]: number }, ...bounds: number[][]): OperatorCase {
  return {
    op: 'StridedSlice',
    name: `StridedSlice ${JSON.stringify(masks)} ${JSON.stringify(bounds)}`,
    attr: Object.fromEntries(Object.entries(masks).map(([name, bits]) => [name, whole(bits)])),
    constants: bounds,
    sides: picture,
    nodes: 'new_axis_mask' in masks ? ['slice', 'unsqueeze'] : ['slice'],
  }
}

/** Moved, said of their shape, and taken. */
export const placeCases: readonly OperatorCase[] = [
  ...['Identity', 'StopGradient', 'Snapshot'].map((op): OperatorCase => ({
    op,
    nodes: ['identity'],
  })),
  {
    op: 'FakeQuantWithMinMaxVars',
    attr: { num_bits: whole(2), narrow_range: { b: false } },
    constants: [one(-1), one(1)],
    nodes: ['identity'],
  },
  { op: 'Shape', nodes: ['shape'] },
  { op: 'Size', nodes: ['shape', 'reduce'] },
  { op: 'Rank', nodes: ['shape', 'shape', 'squeeze'] },
  { op: 'Reshape', constants: [[2, -1]], nodes: ['reshape'] },
  { op: 'BroadcastTo', constants: [[2, 3, 4]], nodes: ['expand'] },
  { op: 'ZerosLike', attr: { T }, nodes: ['shape', 'fill'] },
  { op: 'OnesLike', attr: { T }, nodes: ['shape', 'fill'] },
  { op: 'Squeeze', attr: { squeeze_dims: numbers([1]) }, sides: [2, 1, 3, 1], nodes: ['squeeze'] },
  {
    op: 'Squeeze',
    name: 'Squeeze of all',
    attr: { squeeze_dims: numbers([]) },
    sides: [2, 1, 3, 1],
    nodes: ['squeeze'],
  },
  { op: 'ExpandDims', constants: [only(-1)], nodes: ['unsqueeze'] },
  { op: 'Transpose', constants: [[0, 3, 1, 2]], sides: picture, nodes: ['transpose'] },
  {
    op: 'ConcatV2',
    attr: { N: whole(2) },
    constants: [{ sides: [3, 2] }, only(-1)],
    nodes: ['concat'],
  },
  {
    op: 'Concat',
    attr: { N: whole(2) },
    constants: [only(1), { sides: [3, 2] }],
    at: 1,
    nodes: ['concat'],
  },
  { op: 'Pack', attr: { axis: whole(-1) }, constants: [{ sides: [3, 4] }], nodes: ['stack'] },
  { op: 'Unpack', attr: { axis: whole(-1), num: whole(4) }, outputs: 4, nodes: ['split'] },
  {
    op: 'Split',
    attr: { num_split: whole(2) },
    constants: [only(1)],
    at: 1,
    outputs: 2,
    nodes: ['split'],
  },
  { op: 'SplitV', constants: [[1, 3], only(1)], outputs: 2, nodes: ['split'] },
  { op: 'Tile', constants: [[2, 1]], nodes: ['tile'] },
  {
    op: 'Pad',
    constants: [
      matrix([
        [1, 0],
        [0, 2],
      ]),
    ],
    nodes: ['pad'],
  },
  {
    op: 'PadV2',
    constants: [
      matrix([
        [1, 0],
        [0, 2],
      ]),
      one(0.5),
    ],
    nodes: ['pad'],
  },
  ...['REFLECT', 'SYMMETRIC'].map((mode): OperatorCase => ({
    op: 'MirrorPad',
    name: `MirrorPad ${mode}`,
    attr: { mode: text(mode) },
    constants: [
      matrix([
        [1, 0],
        [0, 2],
      ]),
    ],
    nodes: ['pad'],
  })),
  { op: 'Gather', constants: [[2, 0, 0]], nodes: ['gather'] },
  {
    op: 'GatherV2',
    attr: { batch_dims: whole(0) },
    constants: [[2, 0, 0], only(1)],
    nodes: ['gather'],
  },
  {
    op: 'GatherNd',
    constants: [
      matrix([
        [2, 1],
        [0, 3],
      ]),
    ],
    nodes: ['gatherND'],
  },
  {
    op: 'TensorScatterUpdate',
    constants: [matrix([[2], [0]]), { sides: [2, 4] }],
    nodes: ['squeeze', 'scatter'],
  },
  {
    op: 'ScatterNd',
    attr: { T },
    constants: [matrix([[4], [0], [4]]), [5, 4]],
    at: 1,
    nodes: ['fill', 'squeeze', 'scatter'],
  },
  { op: 'ReverseV2', constants: [[1]], nodes: ['slice'] },
  {
    op: 'Slice',
    constants: [
      [0, 1, 2, 0],
      [-1, 3, -1, 2],
    ],
    sides: picture,
    nodes: ['slice'],
  },
  strided({}, [0, 1, 8, 0], [2, 7, 0, 3], [1, 2, -3, 1]),
  strided({ begin_mask: 3, end_mask: 5 }, [1, 1, -2], [1, -1, 1], [1, 1, 1]),
  strided({ begin_mask: 2, end_mask: 2 }, [0, 0], [1, 0], [1, -1]),
  strided({ shrink_axis_mask: 2, begin_mask: 1, end_mask: 1 }, [0, -1], [0, 0], [1, 1]),
  strided({ ellipsis_mask: 1, shrink_axis_mask: 2 }, [0, 1], [0, 2], [1, 1]),
  strided({ new_axis_mask: 2, begin_mask: 1, end_mask: 1 }, [0, 0, 2], [0, 0, 5], [1, 1, 1]),
  strided(
    { ellipsis_mask: 2, new_axis_mask: 8, shrink_axis_mask: 1 },
    [1, 0, 1, 0],
    [2, 0, 3, 0],
    [1, 1, 1, 1],
  ),
]

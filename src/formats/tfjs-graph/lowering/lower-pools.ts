import type { Lower, Lowering } from './lowering'
import { NoMeaning } from './node-attributes'
import { layoutOf, paddingOf, spatial } from './sliding'

function pool(name: 'Max' | 'Average', rank: number): Lower {
  return (node) => {
    node.takes(1)
    const layout = layoutOf(node)
    const padding = paddingOf(node, rank, layout)
    const explicit = node.attributes.word('padding') === 'explicit'
    // tfjs pools pictures with channels last alone, and with no paddings of their own.
    if (layout === 'channelsFirst' || explicit) throw new NoMeaning('data_format')
    const attributes = {
      function: name,
      window: spatial(node.attributes.wholes('ksize'), rank, layout),
      strides: spatial(node.attributes.wholes('strides'), rank, layout),
      dilations: Array.from({ length: rank }, () => 1),
      padding,
      layout,
      countsPadding: false,
      ceil: false,
    }
    return node.add('pool', attributes, [node.input(0)])
  }
}

function resize(mode: 'nearest' | 'linear'): Lower {
  return (node: Lowering) => {
    node.takes(2)
    const alignCorners = node.attributes.flag('align_corners', false)
    const halfPixel = node.attributes.flag('half_pixel_centers', false)
    if (alignCorners && halfPixel) throw new NoMeaning('align_corners')
    const sides = node.saidWholes(1)
    if (sides !== null && (sides.length !== 2 || sides.some((side) => side < 1)))
      throw new NoMeaning('size')
    const attributes = {
      to: sides === null ? null : { sides },
      mode,
      coordinates: alignCorners
        ? ('alignCorners' as const)
        : halfPixel
          ? ('halfPixel' as const)
          : ('asymmetric' as const),
      layout: 'channelsLast' as const,
    }
    return node.add('resize', attributes, node.between(0, sides === null ? 2 : 1))
  }
}

function depthToSpace(node: Lowering): readonly string[] {
  node.takes(1)
  const block = node.attributes.whole('block_size')
  if (block < 2) throw new NoMeaning('block_size')
  return node.add('depthToSpace', { block, layout: layoutOf(node) }, [node.input(0)])
}

/** TensorFlow counts neighbours on one side, and weighs their sum where ONNX weighs their mean. */
function localResponse(node: Lowering): readonly string[] {
  node.takes(1)
  const radius = node.attributes.whole('depth_radius', 5)
  if (radius < 0) throw new NoMeaning('depth_radius')
  const size = 2 * radius + 1
  const attributes = {
    axis: -1,
    size,
    alpha: node.attributes.number('alpha', 1) * size,
    beta: node.attributes.number('beta', 0.5),
    bias: node.attributes.number('bias', 1),
  }
  return node.add('localResponseNormalization', attributes, [node.input(0)])
}

/** Operators that look at neighbouring places of a picture. */
export const pools: ReadonlyMap<string, Lower> = new Map<string, Lower>([
  ['AvgPool', pool('Average', 2)],
  ['AvgPool3D', pool('Average', 3)],
  ['MaxPool', pool('Max', 2)],
  ['MaxPool3D', pool('Max', 3)],
  ['ResizeBilinear', resize('linear')],
  ['ResizeNearestNeighbor', resize('nearest')],
  ['DepthToSpace', depthToSpace],
  ['LRN', localResponse],
])

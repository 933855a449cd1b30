import type { Reducing } from '../../../graph/operators'
import type { Lower, Lowering } from './lowering'
import { NoMeaning } from './node-attributes'

function reduce(name: Reducing): Lower {
  return (node) => {
    node.takes(2)
    const attributes = {
      function: name,
      axes: node.wholes(1),
      keepDims: node.attributes.flag('keep_dims', false),
    }
    return node.add('reduce', attributes, [node.input(0)])
  }
}

function extreme(name: 'ArgMax' | 'ArgMin'): Lower {
  return (node) => {
    node.takes(2)
    const attributes = { function: name, axis: node.whole(1), keepDims: false }
    return node.add('argExtreme', attributes, [node.input(0)])
  }
}

function cumulative(name: 'Sum' | 'Prod'): Lower {
  return (node) => {
    node.takes(2)
    // tfjs loses its way where axes are counted from the last.
    if (node.whole(1) < 0) throw new NoMeaning('axis')
    const attributes = {
      function: name,
      axis: node.whole(1),
      exclusive: node.attributes.flag('exclusive', false),
      reverse: node.attributes.flag('reverse', false),
    }
    return node.add('cumulative', attributes, [node.input(0)])
  }
}

function softmax(log: boolean): Lower {
  return (node) => {
    node.takes(1)
    return node.add('softmax', { axis: -1, log }, [node.input(0)])
  }
}

function topK(node: Lowering): readonly string[] {
  node.takes(2)
  const count = node.whole(1)
  if (count < 1) throw new NoMeaning('k')
  const sorted = node.attributes.flag('sorted', true)
  return node.add('topK', { count, sorted }, [node.input(0)], 2)
}

/** tfjs gives the new axis its place behind all others. */
function oneHot(node: Lowering): readonly string[] {
  node.takes(4)
  if (node.attributes.whole('axis', -1) !== -1) throw new NoMeaning('axis')
  const depth = node.whole(1)
  if (depth < 1) throw new NoMeaning('depth')
  // What tfjs takes where it is not said.
  const dtype = node.attributes.dtype('T', 'int32')
  const attributes = { depth, on: node.number(2), off: node.number(3), dtype }
  return node.add('oneHot', attributes, [node.input(0)])
}

/** Operators that look along whole axes. */
export const reductions: ReadonlyMap<string, Lower> = new Map<string, Lower>([
  ['All', reduce('All')],
  ['Any', reduce('Any')],
  ['EuclideanNorm', reduce('L2')],
  ['Max', reduce('Max')],
  ['Mean', reduce('Mean')],
  ['Min', reduce('Min')],
  ['Prod', reduce('Prod')],
  ['Sum', reduce('Sum')],
  ['ArgMax', extreme('ArgMax')],
  ['ArgMin', extreme('ArgMin')],
  ['Cumprod', cumulative('Prod')],
  ['Cumsum', cumulative('Sum')],
  ['Softmax', softmax(false)],
  ['LogSoftmax', softmax(true)],
  ['TopKV2', topK],
  ['OneHot', oneHot],
])

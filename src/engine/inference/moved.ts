import type { GraphNode, NodeOf } from '../../graph/operators'
import { NoStep, sizeOf } from './ground'
import type { Ground } from './ground'
import type { Step } from './step'
import { outputOf, valueOf } from './made'
import type { Made } from './made'

/** Operators that only move numbers; null: it is another one. */
export function moved(node: GraphNode, ground: Ground): Made | null {
  switch (node.op) {
    case 'reshape':
    case 'squeeze':
    case 'unsqueeze':
    case 'cast': {
      // Numbers of the pass are real ones already.
      const x = valueOf(node, 0, ground)
      const out = outputOf(node)
      // Samples stay apart, or sidesOf says that they do not.
      const [read, given] = [x, out].map((name) => sizeOf(ground.sidesOf(name, node.layer)))
      if (read !== given) throw new NoStep(node.layer, 'another number of elements')
      ground.view(out, x)
      return { steps: [], out, done: [] }
    }
    case 'transpose':
      return turned(node, ground)
    case 'concat':
      return joined(node, ground)
    case 'pad':
      return padded(node, ground)
    default:
      return null
  }
}

function turned(node: NodeOf<'transpose'>, ground: Ground): Made {
  const { layer } = node
  const x = valueOf(node, 0, ground)
  const out = outputOf(node)
  const sides = ground.sidesOf(x, layer)
  const perm = node.attributes.perm.slice(1).map((axis) => axis - 1)
  if (node.attributes.perm[0] !== 0 || sides.length > 3)
    throw new NoStep(layer, 'such an order of axes')
  const steps = sides.map((_, axis) => sizeOf(sides.slice(axis + 1)))
  const inOrder = (numbers: readonly number[], filler: number): [number, number, number] => {
    const all = [
      ...Array<number>(3 - perm.length).fill(filler),
      ...perm.map((axis) => numbers[axis] ?? 1),
    ]
    return [all[0] ?? 1, all[1] ?? 1, all[2] ?? 1]
  }
  const step: Step = {
    ...{ kind: 'turn', x: ground.rootOf(x), out },
    sides: inOrder(sides, 1),
    steps: inOrder(steps, 0),
  }
  return { steps: [step], out, done: [] }
}

function joined(node: NodeOf<'concat'>, ground: Ground): Made {
  const { layer } = node
  const out = outputOf(node)
  const sides = ground.sidesOf(out, layer)
  const rank = sides.length + 1
  const axis = node.attributes.axis < 0 ? node.attributes.axis + rank : node.attributes.axis
  if (axis === 0) throw new NoStep(layer, 'samples put together')
  const parts = node.inputs.map((_, at) => {
    const name = valueOf(node, at, ground)
    const length = sizeOf(ground.sidesOf(name, layer).slice(axis - 1))
    return { x: ground.rootOf(name), length }
  })
  const step: Step = { kind: 'concat', parts, out, rows: sizeOf(sides.slice(0, axis - 1)) }
  return { steps: [step], out, done: [] }
}

function padded(node: NodeOf<'pad'>, ground: Ground): Made {
  const { attributes, layer } = node
  const x = valueOf(node, 0, ground)
  const out = outputOf(node)
  const [height = 1, width = 1, channels = 1] = ground.sidesOf(x, layer)
  const sides = ground.sidesOf(out, layer)
  const [top = 0, left = 0, before = 0] = attributes.begin.slice(1)
  const [bottom = 0, right = 0, behind = 0] = attributes.end.slice(1)
  const isPlain =
    attributes.mode === 'constant' &&
    attributes.value === 0 &&
    sides.length === 3 &&
    before + behind === 0 &&
    [top, left, bottom, right].every((side) => side >= 0)
  if (!isPlain) throw new NoStep(layer, 'such a padding')
  const step: Step = {
    ...{ kind: 'pad', x: ground.rootOf(x), out, image: { height, width }, channels, top, left },
    padded: { height: height + top + bottom, width: width + left + right },
  }
  return { steps: [step], out, done: [] }
}

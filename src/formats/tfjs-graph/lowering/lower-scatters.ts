import type { Lower, Lowering } from './lowering'
import { NoMeaning } from './node-attributes'

/** A list of places along the first axis: a matrix of one column. */
function places(node: Lowering, place: number): string {
  const sides = node.sides(place)
  if (sides?.length !== 2 || sides[1] !== 1) throw new NoMeaning('indices')
  return node.one('squeeze', { axes: [-1] }, [node.input(place)])
}

function replaced(node: Lowering): readonly string[] {
  node.takes(3)
  const inputs = [node.input(0), places(node, 1), node.input(2)]
  return node.add('scatter', { function: 'Replace' }, inputs)
}

/** Updates for one place are added up. */
function summed(node: Lowering): readonly string[] {
  node.takes(3)
  const to = node.saidWholes(2)
  if (to?.some((side) => side < 1) === true) throw new NoMeaning('shape')
  const zero = node.constant(0, node.attributes.dtype('T', 'float32'))
  const rows = node.one('fill', { to }, [to === null ? node.input(2) : null, zero])
  return node.add('scatter', { function: 'Add' }, [rows, places(node, 0), node.input(1)])
}

/** Operators that put rows at places which another value says. */
export const scatters: ReadonlyMap<string, Lower> = new Map<string, Lower>([
  ['ScatterNd', summed],
  ['TensorScatterUpdate', replaced],
])

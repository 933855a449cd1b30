import type { ModelGraph } from './graph'
import { infer } from './infer'
import { misfit } from './misfit'

/** In turn for sides that a file leaves open: windows reach over some, and much pooling leaves nothing of some. */
export const OPEN_SIDES = [16, 32, 64, 128, 256] as const

/**
 * What open sides may be, the smallest first: those for which no window is known to be larger than all there is. One at least.
 * @param tried from small to large
 */
export function openSidesFor(
  graph: ModelGraph,
  tried: readonly number[] = OPEN_SIDES,
): readonly number[] {
  const isOpen = graph.inputs.some(({ shape }) => shape?.slice(1).includes(null) === true)
  if (!isOpen) return tried.slice(0, 1)
  const fitting = tried.filter((side) => misfit(ofOpenSide(graph, side)) === null)
  const [first = tried.at(-1)] = [...fitting.filter((side) => leavesRows(graph, side)), ...fitting]
  return tried.filter((side) => side >= (first ?? side))
}

/** Whether something is left of each value: edges that are cut off may be all there is. */
function leavesRows(graph: ModelGraph, side: number): boolean {
  return [...infer(ofOpenSide(graph, side)).sides.values()].every((sides) => !sides.includes(0))
}

function ofOpenSide(graph: ModelGraph, side: number): ModelGraph {
  const inputs = graph.inputs.map((input) => ({
    ...input,
    shape: input.shape && input.shape.map((own, at) => (at === 0 ? own : (own ?? side))),
  }))
  return { ...graph, inputs }
}

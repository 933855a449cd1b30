import type { GraphNode } from '../../graph/operators'
import type { ValueName } from '../../graph/values'
import { behind, foldOf } from './behind'
import { NoStep, sizeOf } from './ground'
import type { Ground } from './ground'
import type { Step } from './step'

/** What a node becomes: steps, and nodes behind it that they do as well. */
export interface Made {
  readonly steps: readonly Step[]
  readonly out: ValueName
  readonly done: readonly GraphNode[]
}

/** An input of a node that is given values, not weights. */
export function valueOf({ inputs, layer }: GraphNode, place: number, ground: Ground): ValueName {
  const name = inputs[place] ?? null
  if (name === null || ground.still.has(name)) throw new NoStep(layer, 'no value is read')
  return name
}

export function stillOf({ inputs, layer }: GraphNode, place: number, ground: Ground): ValueName {
  const name = inputs[place] ?? null
  if (name === null || !ground.still.has(name)) throw new NoStep(layer, 'a kernel that is computed')
  return name
}

export function biasOf(node: GraphNode, ground: Ground): ValueName | null {
  return (node.inputs[2] ?? null) === null ? null : stillOf(node, 2, ground)
}

export function outputOf({ layer, outputs: [name] }: GraphNode): ValueName {
  if (name === undefined) throw new NoStep(layer, 'gives nothing')
  return name
}

/** Numbers of each channel, and what follows them. */
export function scaled(node: GraphNode, x: ValueName, ground: Ground): Made {
  const sides = ground.sidesOf(x, node.layer)
  const channels = sides.at(-1) ?? 1
  const first = foldOf(node, x, ground, channels)
  if (first === null) throw new NoStep(node.layer, 'numbers that are none of each channel')
  const after = behind(outputOf(node), ground, { channels, adds: false })
  const { limits, out } = after
  const folded = [first, ...after.folded]
  const rows = sizeOf(sides.slice(0, -1))
  const step: Step = {
    ...{ kind: 'scale', x: ground.rootOf(x), out, rows, channels, folded, limits },
  }
  return { ...after, steps: [step] }
}

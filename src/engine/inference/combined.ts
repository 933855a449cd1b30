import type { GraphNode } from '../../graph/operators'
import type { ValueName } from '../../graph/values'
import { behind } from './behind'
import { NoStep, sizeOf } from './ground'
import type { Ground } from './ground'
import { noLimits } from './step'
import type { Combined, Step } from './step'
import { outputOf, scaled, valueOf } from './made'
import type { Made } from './made'

const functions: ReadonlySet<string> = new Set<Combined>(['Add', 'Mul', 'Sub', 'Max'])

/** Values element by element, or with numbers of each channel; null: it is another operator. */
export function combined(node: GraphNode, ground: Ground): Made | null {
  if (node.op !== 'combine') return null
  const { layer } = node
  const values = node.inputs.filter((name) => name !== null && !ground.still.has(name))
  const [only] = values
  if (values.length === 1 && only != null) return scaled(node, only, ground)
  const named = node.attributes.function
  if (!functions.has(named) || values.length !== node.inputs.length || values.length < 2)
    throw new NoStep(layer, named)
  const how = named as Combined
  const sides = node.inputs.map((_, at) => ground.sidesOf(valueOf(node, at, ground), layer))
  const isSame = sides.every((each) => each.join() === sides[0]?.join())
  if (!isSame) return weighed(node, ground, sides)
  const size = sizeOf(sides[0] ?? [])
  const after = behind(outputOf(node), ground, { channels: 0, adds: false })
  // What is folded into weights has none here; only limits are taken over.
  const isTaken = after.folded.length === 0
  const out = isTaken ? after.out : outputOf(node)
  const names = node.inputs.map((_, at) => ground.rootOf(valueOf(node, at, ground)))
  const steps = names.slice(1).map((b, at): Step => {
    const isLast = at === names.length - 2
    const a = at === 0 ? (names[0] ?? '') : between(out, at)
    return {
      ...{ kind: 'combine', a, b, size, function: how },
      out: isLast ? out : between(out, at + 1),
      limits: isLast && isTaken ? after.limits : noLimits,
    }
  })
  return { steps, out, done: isTaken ? after.done : [] }
}

/** What is there between two sums of several values. */
function between(out: ValueName, at: number): ValueName {
  return `${out} after ${at}`
}

/** Channels of a picture times one number each, as squeeze-and-excitation has them. */
function weighed(node: GraphNode, ground: Ground, sides: readonly (readonly number[])[]): Made {
  const [left = [], right = [], ...others] = sides
  const isOne = (each: readonly number[], whole: readonly number[]): boolean =>
    each.length === whole.length &&
    each.slice(0, -1).every((side) => side === 1) &&
    each.at(-1) === whole.at(-1)
  const isRight = isOne(right, left)
  const isMul = node.op === 'combine' && node.attributes.function === 'Mul'
  if (!isMul || others.length > 0 || (!isRight && !isOne(left, right)))
    throw new NoStep(node.layer, 'values of several shapes')
  const [x, by] = isRight ? [0, 1] : [1, 0]
  const whole = isRight ? left : right
  const out = outputOf(node)
  const step: Step = {
    ...{ kind: 'weigh', out, rows: sizeOf(whole.slice(0, -1)), channels: whole.at(-1) ?? 1 },
    x: ground.rootOf(valueOf(node, x, ground)),
    by: ground.rootOf(valueOf(node, by, ground)),
  }
  return { steps: [step], out, done: [] }
}

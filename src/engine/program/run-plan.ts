import * as tf from '@tensorflow/tfjs'
import type { GraphNode, OpName } from '../../graph/operators'
import type { ValueName } from '../../graph/values'
import type { ForwardPieces } from '../model/forward-pieces'
import type { LookAtInput } from '../model/runnable-model'
import { HeldValues } from './held-values'
import { kernels } from './kernels/kernels'
import type { Kernel } from './kernels/kernel'
import { failureIn } from './node-failure'
import type { Pass, Seen } from './pass'
import type { Plan, Step } from './plan'

/** What a pass reads that it did not make. */
export interface Weights {
  readonly variables: ReadonlyMap<ValueName, tf.Variable>
  readonly constants: ReadonlyMap<ValueName, tf.Tensor>
  /** What depends on them alone, where it is computed already; null: the pass computes it. */
  readonly still: ReadonlyMap<ValueName, tf.Tensor> | null
}

/** One pass through a plan. */
export interface Run {
  readonly plan: Plan
  readonly weights: Weights
  readonly inputs: ReadonlyMap<ValueName, tf.Tensor>
  readonly pass: Pass
  /** Shown what each layer is about to read. */
  readonly look: LookAtInput | null
}

/**
 * Runs operator after operator, and frees each value once its last reader is done. Between two layers it stops and says
 * the name of the next; whoever does not go on ends the pass, and nothing of it stays.
 * @returns new tensors, in the order of the outputs
 */
export function* carriedOut(run: Run): ForwardPieces {
  const { plan, weights, inputs, look } = run
  const values = new HeldValues()
  for (const [name, tensor] of [...weights.constants, ...(weights.still ?? []), ...inputs])
    values.lend(name, tensor)
  try {
    let layer: string | null = null
    for (const step of plan.steps) {
      if (step.isStill && weights.still !== null) continue
      if (step.node.layer !== layer && !step.isStill) {
        layer = step.node.layer
        yield layer
      }
      const shown = values.get(step.shows ?? '')
      if (shown !== null) look?.(step.node.layer, shown)
      carryOut(step, run, values)
    }
    for (const name of plan.outputs) readWeight(name, run, values)
    return values.taken(plan.outputs)
  } finally {
    values.freeAll()
  }
}

/** A weight is asked for when it is first read, so that what it is used as lives no longer than it must. */
function readWeight(name: ValueName, { weights, pass }: Run, values: HeldValues): tf.Tensor | null {
  const known = values.get(name)
  const variable = weights.variables.get(name)
  if (known !== null || variable === undefined) return known
  const used = tf.tidy(() => pass.parameter(name, variable))
  if (used === variable) values.lend(name, used)
  else values.hold(name, used)
  return used
}

function shownTo(
  { values, made }: Seen,
  node: GraphNode,
  value: tf.Tensor,
  place: number,
): tf.Tensor {
  const isSeen = values?.has(node.outputs[place] ?? '') ?? true
  return isSeen ? made(node, value, place) : value
}

function carryOut(step: Step, run: Run, values: HeldValues): void {
  const { node, follower, lead, frees } = step
  const { pass } = run
  pass.entered?.(node)
  const inputs = node.inputs.map((name) => {
    if (name === null) return null
    const value = readWeight(name, run, values)
    if (value === null) throw new RangeError(`${node.id} reads ${name} too early`)
    return value
  })
  // Which kernel belongs to which node is said by its table.
  const kernel = kernels[node.op] as Kernel<OpName>
  const made = tf.tidy(() => {
    try {
      const result = kernel({ node, inputs, pass, follower, lead })
      return result instanceof tf.Tensor ? [result] : [...(result as tf.Tensor[])]
    } catch (error) {
      throw failureIn((lead ?? node).layer, inputs, error)
    }
  })
  for (const [place, name] of node.outputs.entries()) {
    const value = made[place]
    if (value === undefined) throw new RangeError(`${node.id} gives too few values`)
    const used = pass.seen === undefined ? value : shownTo(pass.seen, node, value, place)
    values.hold(name, used)
    if (used !== value && values.isUnheld(value)) value.dispose()
  }
  for (const value of made.slice(node.outputs.length)) if (values.isUnheld(value)) value.dispose()
  for (const name of frees) values.free(name)
}

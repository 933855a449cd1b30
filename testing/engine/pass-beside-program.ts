import * as tf from '@tensorflow/tfjs'
import { kernelModules, readKernelModule } from '../../src/engine/host/wasm-in-node'
import { InferencePass } from '../../src/engine/inference/inference-pass'
import { planOf } from '../../src/engine/inference/plan'
import { Program } from '../../src/engine/program/program'
import type { Random } from '../../src/core/random'
import type { OpenedWeight } from '../../src/formats/format'
import type { ModelGraph } from '../../src/graph/graph'
import { answersOf, distance } from './distance'

const modules = kernelModules.map((name) => new WebAssembly.Module(readKernelModule(name)))

export function drawn(sides: readonly number[], random: Random): Float32Array {
  const length = sides.reduce((product, side) => product * side, 1)
  return Float32Array.from({ length }, () => random.normal())
}

/**
 * How far both builds of the pass are from the program on the backend at hand, of a graph with one input and random weights.
 * @param x of a batch
 * @returns as a share of the largest value; what the pass lacks, where it has no plan
 */
export function passBesideProgram(
  graph: ModelGraph,
  x: Float32Array,
  random: Random,
): number | string {
  const plan = planOf(graph)
  if ('reason' in plan) return plan.reason
  const weights = [...graph.parameters.values()].map((spec): OpenedWeight => ({
    ...{ spec, values: drawn(spec.shape, random) },
    ...{ storedAs: 'float32', storedBytes: 0, zeros: 0, quantized: null },
  }))
  const [input] = plan.inputs
  if (input === undefined) throw new RangeError('a graph without inputs')
  const batch = x.length / input.size
  const program = new Program({ graph, weights })
  const given = tf.tensor(x, [batch, ...input.sides], graph.inputs[0]?.dtype)
  const numbers = given.dataSync<'float32' | 'int32'>()
  const answered = program.predict([given])
  const wanted = answersOf(answered)
  tf.dispose([given, answered])
  program.dispose()
  const apart = modules.flatMap((module) =>
    [false, true].map((isTall) => {
      const found = new InferencePass(module, plan, { weights }, isTall).run([numbers], batch)
      const answers = plan.outputs.map((port, at) => ({
        ...{ shape: [batch, ...port.sides], dtype: 'float32' },
        values: [...(found[at] ?? [])],
      }))
      return distance(answers, wanted)
    }),
  )
  return Math.max(...apart)
}

import * as tf from '@tensorflow/tfjs'
import { createRandom } from '../../src/core/random'
import { inference } from '../../src/engine/program/pass'
import type { Pass } from '../../src/engine/program/pass'
import { Program } from '../../src/engine/program/program'
import { differentiate } from '../../src/engine/training/network/differentiate'
import type { OpenedModel } from '../../src/formats/format'
import type { OnnxNumbers } from '../files/onnx-tensor'

const pass: Pass = { ...inference, training: true, seed: 5, statistics: 'batch' }

/** How far inputs are moved from where functions bend, and how far along a direction. */
const AWAY = 0.05
const STEP = 2 ** -9

export interface Slopes {
  /** Along a direction, by the tape and by two runs. */
  readonly found: number
  readonly wanted: number
  /** What it would come to if nothing in it cancelled. */
  readonly size: number
}

/** Of all real inputs at once. null: nothing real goes in, or comes out. */
export function slopesAlong(opened: OpenedModel, given: readonly OnnxNumbers[]): Slopes | null {
  const random = createRandom(17)
  const real = given.flatMap(({ dtype }, at) => (dtype === 'float32' ? [at] : []))
  if (real.length === 0) return null
  const start = given.map(({ dtype, values }) =>
    dtype === 'float32' ? values.map((value) => value + AWAY * (random.uniform() - 0.5)) : values,
  )
  const directions = real.map((at) => (start[at] ?? []).map(() => 2 * random.uniform() - 1))
  const tensorsAt = (step: number): tf.Tensor[] =>
    given.map(({ dtype, shape }, at) => {
      const direction = directions[real.indexOf(at)]
      const values = (start[at] ?? []).map(
        (value, place) => value + step * (direction?.[place] ?? 0),
      )
      return tf.tensor(values, [...shape], dtype)
    })
  const program = new Program(opened)
  const outputs = { real: 0 }
  const loss = (inputs: readonly tf.Tensor[]): tf.Scalar => {
    const parts = program.forward([...inputs], pass).flatMap((output, place) => {
      if (output.dtype !== 'float32') return []
      outputs.real++
      const weights = Array.from({ length: output.size }, (_, at) => Math.sin(1 + at + 3 * place))
      return [tf.sum(tf.mul(output, tf.tensor(weights, output.shape)))]
    })
    // Each counts by itself as well: some operators tell nothing of it.
    const own = real.map((at) => tf.sum(inputs[at] ?? tf.scalar(0)))
    return [...own, ...parts].reduce((sum, part) => tf.add(sum, part)) as tf.Scalar
  }
  try {
    const at = tensorsAt(0)
    const variables = real.map((place) => tf.variable(at[place] ?? tf.scalar(0)))
    const { gradients, ...forward } = differentiate(
      () => ({
        loss: loss(at.map((tensor, place) => variables[real.indexOf(place)] ?? tensor)),
        outputs: tf.scalar(0),
      }),
      variables,
    )
    const shares = variables.flatMap(({ name }, place) =>
      [...(gradients.get(name)?.dataSync() ?? [])].map(
        (slope, number) => slope * (directions[place]?.[number] ?? 0),
      ),
    )
    tf.dispose([at, variables, forward.loss, forward.outputs, ...gradients.values()])
    const [up = NaN, down = NaN] = [STEP, -STEP].map((step) =>
      tf.tidy(() => loss(tensorsAt(step)).dataSync()[0] ?? NaN),
    )
    if (outputs.real === 0) return null
    return {
      found: shares.reduce((sum, share) => sum + share, 0),
      wanted: (up - down) / (2 * STEP),
      size: shares.reduce((sum, share) => sum + Math.abs(share), 0),
    }
  } finally {
    program.dispose()
  }
}

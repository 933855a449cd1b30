import * as tf from '@tensorflow/tfjs'
import { served } from '../cores/serve-helper'
import type { Served } from '../cores/serve-helper'
import type { InstantModel } from '../model/runnable-model'
import { showRange, takeModel } from './range-works'
import { twinOf } from './twin'

const instantly = (): Promise<void> => Promise.resolve()

/** Shows samples to a model in a further worker, as the engine's own does. */
export function serveRanges(): readonly Served[] {
  let current: { readonly model: number; readonly runnable: InstantModel } | null = null
  return [
    served(takeModel, async ({ kernels, model, opened }) => {
      current?.runnable.dispose()
      current = null
      current = { model, runnable: await twinOf({ opened, kernels }) }
      return { value: null }
    }),
    served(showRange, async ({ inputs, model, weights }) => {
      if (current?.model !== model) throw new RangeError('samples for another model')
      const { runnable } = current
      await runnable.setWeights(weights, instantly)
      const given = inputs.map(({ dtype, shape, values }) => tf.tensor(values, [...shape], dtype))
      const outputs = runnable.predict(given)
      try {
        const value = Float32Array.from((await outputs[0]?.data()) ?? [])
        return { value, transfer: [value.buffer] }
      } finally {
        tf.dispose([given, outputs])
      }
    }),
  ]
}

import * as tf from '@tensorflow/tfjs'
import type { OpenedModel } from '../../src/formats/format.ts'
import { editModel } from '../../src/formats/edit-model.ts'
import { nodeMacs } from '../../src/graph/macs-of.ts'
import { shapesOf } from '../../src/graph/shapes-of.ts'
import { createLayersModel } from '../../src/engine/model/layers-model.ts'
import { channelEdits } from '../../src/structure/channel-edits.ts'
import { mapChannels } from '../../src/structure/channel-map.ts'
import { scoreChannels } from '../../src/structure/channel-scores.ts'
import { chooseChannels, macsAfter } from '../../src/structure/choose-channels.ts'

/** Median time of a forward pass, milliseconds; the models in turn. Needs a backend. */
export async function forwardTimes(
  models: readonly OpenedModel[],
  sample: readonly number[],
  rounds: number,
): Promise<number[]> {
  const runnables = []
  for (const model of models)
    runnables.push({ runnable: await createLayersModel(model), times: [] as number[] })
  const x = tf.randomNormal([...sample])
  // The first round only warms up.
  for (let turn = 0; turn <= rounds; turn++)
    for (const { runnable, times } of runnables) {
      const began = performance.now()
      const outputs = runnable.predict([x])
      await outputs[0]?.data()
      if (turn > 0) times.push(performance.now() - began)
      tf.dispose(outputs)
    }
  x.dispose()
  return runnables.map(({ runnable, times }) => {
    runnable.dispose()
    return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN
  })
}

/** A model with filters removed until a share of its multiply-accumulates is left, first layer included. */
export async function cutToMacs(
  whole: OpenedModel,
  kept: number,
): Promise<{ model: OpenedModel; macs: number }> {
  const { graph } = whole
  const shapes = shapesOf(graph)
  const macs = nodeMacs(graph, shapes)
  const map = mapChannels(graph, shapes)
  const weights = whole.weights.flatMap(({ spec, values }) =>
    values instanceof Float32Array ? [{ spec, values }] : [],
  )
  const go = (): Promise<void> => Promise.resolve()
  const scores = await scoreChannels(map, weights, 'l2', 1, go)
  const removed = chooseChannels(map, scores, macs, new Set(), {
    criterion: 'l2',
    of: 'macs',
    share: 1 - kept,
    scope: 'perLayer',
    protectFirst: false,
    seed: 1,
  })
  const edits = channelEdits(graph, map, removed)
  return { model: await editModel(whole, edits, go), macs: macsAfter(map, macs, removed) }
}

/** Cuts of opened models, and what they answer in stock TensorFlow.js, for tests. */
import * as tf from '@tensorflow/tfjs'
import { buildInstant } from '../../src/engine/model/build-model'
import type { OpenedModel } from '../../src/formats/format'
import { openModel } from '../../src/formats/importers'
import { memoryFile } from '../../src/files/file-bundle'
import { nodeMacs } from '../../src/graph/macs-of'
import type { ChannelMap } from '../../src/structure/channel-map'
import { scoreChannels } from '../../src/structure/channel-scores'
import { chooseChannels } from '../../src/structure/choose-channels'
import type { ChannelTarget } from '../../src/structure/choose-channels'
import { sampleBytes } from '../models/sample-files'

const go = (): Promise<void> => Promise.resolve()

/** Half of all channels of a model, those that weigh least. */
export const halfOfAll = {
  criterion: 'l1',
  of: 'channels',
  share: 0.5,
  scope: 'global',
  protectFirst: false,
  seed: 1,
} as const satisfies ChannelTarget

/** The channels that go, by the criterion of the target. */
export async function chosenChannels(
  { graph, weights }: Pick<OpenedModel, 'graph' | 'weights'>,
  map: ChannelMap,
  target: ChannelTarget,
  first: ReadonlySet<string> = new Set(),
): Promise<ReadonlySet<number>> {
  const floats = weights.flatMap(({ spec, values }) =>
    values instanceof Float32Array ? [{ spec, values }] : [],
  )
  const scores = await scoreChannels(map, floats, target.criterion, target.seed, go)
  return chooseChannels(map, scores, nodeMacs(graph), first, target)
}

/** The values of each output. */
export async function answersOf(
  model: OpenedModel,
  inputs: readonly tf.Tensor[],
): Promise<number[][]> {
  const runnable = await buildInstant(model)
  const outputs = runnable.predict(inputs)
  const values = await Promise.all(outputs.map(async (output) => Array.from(await output.data())))
  tf.dispose(outputs)
  runnable.dispose()
  return values
}

/** A built-in model. */
export function openedSample(id: string): Promise<OpenedModel> {
  return openModel(
    [...sampleBytes(id)].map(([name, bytes]) => memoryFile(name, bytes)),
    go,
  )
}

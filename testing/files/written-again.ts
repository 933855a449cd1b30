import type * as tf from '@tensorflow/tfjs'
import { loadGraphWithStock } from '../models/stock-model'
import { memoryFile } from '../../src/files/file-bundle'
import type { FileBundle } from '../../src/files/file-bundle'
import { exactTarget, writeModel } from '../../src/formats/exporters'
import type { OpenedModel } from '../../src/formats/format'
import { noObstacles } from '../../src/core/model-summary'

const go = (): Promise<void> => Promise.resolve()

/** Files of a model as they are written from its graph, whatever else is known of it. */
export async function writtenFiles(
  model: Pick<OpenedModel, 'graph' | 'weights'>,
): Promise<readonly { readonly path: string; readonly bytes: Uint8Array }[]> {
  const { graph, weights } = model
  const bare: OpenedModel = {
    ...{ format: 'keras', container: 'tfjs', name: 'net', file: 'net', files: [], topology: {} },
    ...{ signature: null, metadata: null, ml5Specs: null, companions: [], layers: [] },
    ...{ graph, weights, notes: [], obstacles: noObstacles },
  }
  const { files } = await writeModel(bare, weights, exactTarget(bare), go)
  if (!files.some(({ path }) => path === 'model.json')) throw new Error('the graph is not written')
  return files
}

export function asBundle(files: Awaited<ReturnType<typeof writtenFiles>>): FileBundle {
  return files.map(({ bytes, path }) => memoryFile(path, bytes))
}

/** What stock TensorFlow.js makes of the written graph. */
export async function answeredByStock(
  stock: typeof tf,
  files: Awaited<ReturnType<typeof writtenFiles>>,
  inputs: readonly tf.Tensor[],
): Promise<tf.Tensor[]> {
  const model = await loadGraphWithStock(stock, files)
  const outputs = [model.predict([...inputs]) as tf.Tensor | tf.Tensor[]].flat()
  model.dispose()
  return outputs
}

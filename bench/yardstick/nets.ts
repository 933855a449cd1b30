/** The networks that are held against the yardstick, each with the batch that it is asked. */
import * as tf from '@tensorflow/tfjs'
import { memoryFile } from '../../src/files/file-bundle.ts'
import type { OpenedModel } from '../../src/formats/format.ts'
import { openModel } from '../../src/formats/importers.ts'
import { buildMobileNetV2, buildResNet50 } from '../../testing/models/real-size-models.ts'
import { sampleBytes } from '../../testing/models/sample-files.ts'
import { loadWithStock, savedFiles } from '../../testing/models/stock-model.ts'

export interface Net {
  readonly id: string
  /** Samples in a forward pass. */
  readonly batch: number
  /** Samples in a step of training; null: it is too large to be trained here. */
  readonly trained: number | null
}

export const nets: readonly Net[] = [
  { id: 'lenet-300-100', batch: 64, trained: 128 },
  { id: 'lenet-5', batch: 64, trained: 128 },
  { id: 'fashion-cnn', batch: 64, trained: 128 },
  { id: 'vgg-small', batch: 64, trained: 128 },
  { id: 'mobilenet-v2', batch: 8, trained: 32 },
  { id: 'resnet-50', batch: 4, trained: null },
]

/** As large as they are, on pictures of few points: what they compute in a layer is the same, less often. */
const built: Readonly<Record<string, () => tf.LayersModel>> = {
  'mobilenet-v2': () => buildMobileNetV2(96),
  'resnet-50': () => buildResNet50(64),
}

/** The model as the studio opens it, and as stock TensorFlow.js runs it. */
export interface Loaded {
  readonly opened: OpenedModel
  readonly stock: tf.LayersModel
}

export async function loaded(id: string): Promise<Loaded> {
  const build = built[id]
  if (build === undefined) {
    const bytes = [...sampleBytes(id)]
    return {
      opened: await openModel(
        bytes.map(([path, content]) => memoryFile(path, content)),
        () => Promise.resolve(),
      ),
      stock: await loadWithStock(
        tf,
        bytes.map(([path, content]) => ({ path, bytes: content })),
      ),
    }
  }
  const stock = build()
  const opened = await openModel(await savedFiles(tf, stock), () => Promise.resolve())
  return { opened, stock }
}

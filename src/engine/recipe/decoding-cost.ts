import * as tf from '@tensorflow/tfjs'
import { isStudioError } from '../../core/errors'
import type { ExportedModel } from '../../formats/exporter'
import type { DecodingCost } from '../../protocol/recipe-messages'

/** Of so many the one in the middle counts; the first of all also makes programs and buffers, and does not. */
const TRIES = 3
/** Nobody waits for the others where the first takes so long; it says enough. */
const LONG_MS = 250
/** Looking up so many levels takes seconds, in which nothing else is done. */
const MOST_ELEMENTS = 2 ** 24

/**
 * What a file costs that decodes its weights at each prediction: memory by what the file holds, and time by stock
 * TensorFlow.js, which makes all of these weights, as it would before it predicts. Needs the lock.
 * @param isTried whether there is memory enough to try
 * @returns null where nothing is decoded
 */
export async function decodingCost(
  { decoded, files, held }: ExportedModel,
  isTried: boolean,
): Promise<DecodingCost | null> {
  if (decoded === undefined) return null
  const memory = {
    held: BYTES * decoded.elements,
    plain: BYTES * held.reduce((sum, { length }) => sum + length, 0),
  }
  if (!isTried || decoded.elements > MOST_ELEMENTS) return { ...memory, ms: null }
  try {
    return { ...memory, ms: await decodingMs(files, decoded.weights) }
  } catch (error) {
    // A device that cannot do it says so when the file is measured; the sizes are known all the same.
    if (isStudioError(error)) throw error
    return { ...memory, ms: null }
  }
}

/** Of floats and of whole numbers alike, in memory. */
const BYTES = 4

async function decodingMs(
  files: ExportedModel['files'],
  weights: readonly string[],
): Promise<number> {
  const model = await tf.loadGraphModel(tf.io.fromMemory(await artifactsOf(files)))
  try {
    const times: number[] = []
    for (let turn = 0; turn <= TRIES; turn++) {
      const start = performance.now()
      const made = [model.execute({}, [...weights])].flat()
      // On a GPU it is done when something of the last can be read.
      const end = tf.tidy(() => made.map((weight) => weight.flatten().slice(0, 1)))
      await end.at(-1)?.data()
      const ms = performance.now() - start
      tf.dispose([made, end])
      if (turn === 0 && ms > LONG_MS) return ms
      if (turn > 0) times.push(ms)
    }
    return times.sort((a, b) => a - b)[Math.floor(TRIES / 2)] ?? 0
  } finally {
    model.dispose()
  }
}

function artifactsOf(files: ExportedModel['files']): Promise<tf.io.ModelArtifacts> {
  const [description] = files.filter(({ holdsWeights }) => !holdsWeights)
  const json = JSON.parse(new TextDecoder().decode(description?.bytes)) as tf.io.ModelJSON
  const shards = files.flatMap((file) =>
    file.holdsWeights ? [Uint8Array.from(file.bytes).buffer] : [],
  )
  return tf.io.getModelArtifactsForJSON(json, (manifest) =>
    Promise.resolve([manifest.flatMap((group) => group.weights), shards]),
  )
}

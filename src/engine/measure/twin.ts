import type { OpenedModel } from '../../formats/format'
import { buildInstant, runtimeOf } from '../model/build-model'
import { inferenceModel } from '../model/quick-model'
import { weightBytes } from '../model/weight-bytes'
import type { InstantModel } from '../model/runnable-model'

/** What a further worker has to hold for a model, besides the script: its file's weights, and those that run. */
const COPIES = 4
const BESIDE_BYTES = 64 * 2 ** 20
/** Of activations that its pass keeps: each worker sees a part of the samples. */
const KEPT_BYTES = 2 ** 24
/** A model that takes more of a worker is measured by one: what the page itself takes of memory is enough then. */
const MOST_EACH = 2 ** 28
/** Of all further workers together. */
const MOST_BYTES = 640 * 2 ** 20

/** What another worker makes the same model of. */
export interface Twin {
  readonly opened: OpenedModel
  /** Of the inference pass; null: it is built as a file's. */
  readonly kernels: Uint8Array<ArrayBuffer> | null
}

/**
 * Makes the model that measures in another worker. It has to be what `createProvenModel` makes, or answers would depend on
 * how many workers there are.
 */
export async function twinOf({ opened, kernels }: Twin): Promise<InstantModel> {
  if (kernels === null) return buildInstant(opened)
  const quick = await inferenceModel(opened, kernels, nowhere, KEPT_BYTES)
  if (quick === null) throw new RangeError('no inference pass for what one runs elsewhere')
  return quick
}

/** Nobody asks it there. */
const nowhere = { inputs: [], outputs: [], outputShapes: new Map<string, never>() }

/** Further workers that may hold this model; none where its own runtime or nothing computes it. */
export function mostTwins({ opened }: Twin): number {
  if (runtimeOf(opened) === 'onnxRuntime') return 0
  const bytes = weightBytes(opened)
  const each = BESIDE_BYTES + KEPT_BYTES + COPIES * bytes
  return each > MOST_EACH ? 0 : Math.floor(MOST_BYTES / each)
}

/** As much of a model as it takes to build it, without files: what no message can hold stays here. */
export function toMove(opened: OpenedModel): OpenedModel {
  const { container, file, format, graph, layers, name, obstacles, signature, topology } = opened
  return {
    ...{ container, file, format, graph, layers, name, obstacles, signature, topology },
    weights: opened.weights.map(({ spec, values }) => ({
      ...{ spec, values },
      ...{ storedAs: 'float32', storedBytes: 0, zeros: 0, quantized: null },
    })),
    ...{ files: [], metadata: null, ml5Specs: null, companions: [], notes: [] },
  }
}

import type { StudioError } from '../../core/errors'
import type { ModelNote, Obstacles } from '../../core/model-summary'
import type { TensorSpec } from '../../core/tensor-spec'
import type { JsonObject } from '../../files/read-json'
import type { ModelGraph } from '../../graph/graph'
import type { OpenedLayer } from '../format'
import type { ManifestEntry } from '../tfjs-files/parse-manifest'

/** Layers of a model.json as its own writer computes them, where stock TensorFlow.js does not. */
export interface ConvertedLayers {
  readonly name: string
  readonly graph: ModelGraph
  readonly layers: readonly OpenedLayer[]
  readonly specs: ReadonlyMap<ManifestEntry, TensorSpec>
  /** Entries under a name that is not that of the weight. */
  readonly renamed: ReadonlyMap<string, string>
  readonly notes: readonly ModelNote[]
  readonly obstacles: Obstacles
}

/**
 * Reads them so.
 * @param missing what keeps stock TensorFlow.js from it
 * @returns null where TensorFlow.js itself wrote the file, or nobody says who did
 * @throws StudioError 'open/...' where its writer does not know, or nobody here computes it
 */
export type OtherMeaning = (
  file: string,
  topology: JsonObject,
  entries: readonly ManifestEntry[],
  missing: StudioError,
) => ConvertedLayers | null

import { isObject } from '../../src/formats/tfjs-files/config-reader'
import { parseManifest } from '../../src/formats/tfjs-files/parse-manifest'
import { assignWeights } from '../../src/formats/tfjs-graph/assign-weights'
import { isTold, lowerGraph } from '../../src/formats/tfjs-graph/lowering/lower-graph'
import { parseGraph } from '../../src/formats/tfjs-graph/parse-graph'
import { openModel } from '../../src/formats/importers'
import type { OpenedModel } from '../../src/formats/format'
import type { Json, JsonObject } from '../../src/files/read-json'
import type { ModelGraph } from '../../src/graph/graph'
import { graphBundle } from './graph-files'
import type { GraphFiles } from './graph-files'

/** A graph model, opened, and in operators of `src/graph`. */
export async function loweredGraph(
  files: GraphFiles,
): Promise<{ model: OpenedModel; graph: ModelGraph }> {
  const model = await openModel(graphBundle(files), () => Promise.resolve())
  const root = JSON.parse(JSON.stringify(files.json)) as JsonObject
  const { layers, specs } = assignWeights(
    parseGraph('model.json', root['modelTopology']).nodes,
    parseManifest('model.json', root).flatMap(({ entries }) => entries),
  )
  const signature: Json | undefined = root['signature']
  const graph = lowerGraph({
    graph: parseGraph('model.json', root['modelTopology']),
    signature: isObject(signature) ? signature : null,
    specs: new Map([...specs.values()].map((spec) => [spec.name, spec])),
    layers,
    values: new Map(
      model.weights
        .filter(({ spec }) => isTold(spec))
        .map(({ spec, values }) => [spec.name, [...values]]),
    ),
  })
  return { model, graph }
}

import { noObstacles } from '../../core/model-summary'
import { byName } from '../tfjs-files/bare-graph'
import { isObject } from '../tfjs-files/config-reader'
import { graphDownload } from '../tfjs-files/graph-download'
import { checkGraph } from '../tfjs-layers/check-graph'
import { flattenLayers } from '../tfjs-layers/flatten-layers'
import { lowerLayers } from '../tfjs-layers/lowering/lower-layers'
import { matchWeights } from '../tfjs-layers/match-weights'
import { openedLayer } from '../tfjs-layers/opened-layer'
import type { OtherMeaning } from '../tfjs-layers/other-meaning'
import { parseTopology } from '../tfjs-layers/parse-topology'
import { whatOf } from './as-stock-layers'
import { kerasCatalog } from './keras-catalog'
import { kerasMeaning } from './lowering/meaning'
import type { Unsaid } from './lowering/meaning'
import { versionFrom } from './lowering/middles'
import { normalizedConfig } from './normalize-config'
import { unsaidSetting } from './unsaid-setting'
import { kerasDialect } from './repair'
import { kerasSpelling } from './spelling'

/**
 * Layers that stock TensorFlow.js lacks or computes otherwise, in a file that was converted from one of Keras: what they mean is
 * what Keras computes. A download is a graph model.
 * @throws StudioError as `readKerasModel`
 */
export const convertedLayers: OtherMeaning = (file, topology, entries, missing) => {
  const held = topology['model_config']
  const config = isObject(held) ? held : topology
  const written = topology['keras_version'] ?? config['keras_version']
  const major = typeof written === 'string' ? /^([23])\./.exec(written)?.[1] : undefined
  if (typeof written !== 'string' || major === undefined) return null
  const { config: plain, impliedMasks } = normalizedConfig(config)
  const version = versionFrom(major === '3' ? 3 : 2, written)
  const described = { ...plain, keras_version: written }
  const { model } = parseTopology(file, described, kerasDialect)
  checkGraph(file, model, kerasCatalog)
  const rows = flattenLayers(model, kerasSpelling(false))
  const { renamed, specs } = matchWeights(file, rows, entries)
  const unsaid: Unsaid[] = []
  const meaning = kerasMeaning(version, false, impliedMasks, (found) => unsaid.push(found))
  const graph = lowerLayers(model, byName(specs), meaning)
  const [first] = unsaid
  if (first !== undefined) throw unsaidSetting(file, rows, first)
  const { note, obstacle } = graphDownload(file, graph, [...specs.values()])
  return {
    name: model.name,
    graph,
    layers: rows.map((layer) => openedLayer(layer)),
    specs,
    renamed,
    notes: [
      { code: 'note/as-keras-computes', params: { version: written } },
      note ?? { code: 'note/as-graph-model', params: { what: whatOf(missing) } },
    ],
    obstacles: { ...noObstacles, cut: obstacle },
  }
}

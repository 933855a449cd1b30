import type { ModelNote } from '../../core/model-summary'
import type { ManifestEntry } from '../tfjs-files/parse-manifest'
import type { TopologyModel } from './topology'

/**
 * Says what stock TensorFlow.js leaves out where it saves a model: filters for each channel of a separable convolution, which
 * its kernel tells. Without it stock TensorFlow.js itself refuses the weights of what it has saved.
 * @param model whose settings are changed in place
 */
export function supplySettings(
  model: TopologyModel,
  entries: readonly ManifestEntry[],
  notes: ModelNote[],
): void {
  for (const { className, config, model: inner, name, wrapped } of model.layers) {
    if (inner !== null) supplySettings(inner, entries, notes)
    for (const layer of [{ className, config }, ...wrapped]) {
      if (layer.className !== 'SeparableConv2D' || layer.config.has('depth_multiplier')) continue
      const filters = filtersOf(name, entries)
      if (filters === 1) continue
      layer.config.object['depth_multiplier'] = filters
      const setting = { setting: 'depth_multiplier', from: 'null', to: String(filters) }
      notes.push({ code: 'note/translated-setting', params: { layer: name, ...setting } })
    }
  }
}

function filtersOf(layer: string, entries: readonly ManifestEntry[]): number {
  const kernel = entries.find(
    ({ name, optimizer, shape }) =>
      !optimizer &&
      shape.length === 4 &&
      `/${name.replace(/:\d+$/, '')}`.endsWith(`/${layer}/depthwise_kernel`),
  )
  return kernel?.shape[3] ?? 1
}

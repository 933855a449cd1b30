import { expect, test } from 'vitest'
import type { ConfigLayer } from './config-layers'
import type { KerasWeight } from './keras-file'
import { unwrapped } from './optimization-wrapper'

/** As tfmot 0.8.1 spells it, in the order in which its wrappers save. */
const weight = (
  name: string,
  shape: readonly number[],
  values: readonly number[],
): KerasWeight => ({
  ...{ name, path: name, shape, dtype: 'float32' },
  read: () => Promise.resolve(Float32Array.from(values)),
})
const places = (
  name: string,
  shape: readonly number[],
  values: readonly number[],
): KerasWeight => ({
  ...{ name, path: name, shape, dtype: 'int64' },
  read: () => Promise.resolve(Int32Array.from(values)),
})
const step = places('fc/pruning_step:0', [], [7])

const wrapper = (className: string, config: ConfigLayer['config'] = {}): ConfigLayer => ({
  ...{ name: 'wrapper', className, layers: null, wrapped: null, config },
})

async function innerOf(
  className: string,
  weights: readonly KerasWeight[],
  config?: ConfigLayer['config'],
) {
  const found: Record<string, number[]> = {}
  for (const inner of unwrapped(wrapper(className, config), weights).inner)
    found[inner.name] = Array.from(await inner.read())
  return found
}

test('what is pruned is 0 and never -0; masks, thresholds and steps are left out', async () => {
  const found = await innerOf('PruneLowMagnitude', [
    weight('fc/kernel:0', [2, 2], [-3, 1, -2, 4]),
    weight('fc/bias:0', [2], [5, 6]),
    weight('prune_low_magnitude_fc/mask:0', [2, 2], [0, 1, 1, 0]),
    weight('prune_low_magnitude_fc/threshold:0', [], [2.5]),
    step,
  ])
  expect(found).toEqual({ 'fc/kernel:0': [0, 1, -2, 0], 'fc/bias:0': [5, 6] })
  expect(Object.is(found['fc/kernel:0']?.[0], 0)).toBe(true)
})

test('of two kernels of one shape each has its own mask', async () => {
  const found = await innerOf('PruneLowMagnitude', [
    weight('sep/depthwise_kernel:0', [1, 2], [1, 2]),
    weight('sep/pointwise_kernel:0', [1, 2], [3, 4]),
    weight('prune_low_magnitude_sep/mask:0', [1, 2], [0, 1]),
    weight('prune_low_magnitude_sep/threshold:0', [], [0]),
    weight('prune_low_magnitude_sep/mask_1:0', [1, 2], [1, 0]),
    weight('prune_low_magnitude_sep/threshold_1:0', [], [0]),
    step,
  ])
  expect(found).toEqual({ 'sep/depthwise_kernel:0': [0, 2], 'sep/pointwise_kernel:0': [3, 0] })
})

const clusteredLayer = [
  weight('fc/bias:0', [2], [5, 6]),
  weight('fc/kernel:0', [2, 2], [0.1, -0.2, -0.3, 0.4]),
]

test('clustered weights are the nearest of their centroids, whatever was so before the last step, and stand where the layer makes them', async () => {
  const found = await innerOf('ClusterWeights', [
    ...clusteredLayer,
    weight('cluster_fc/cluster_centroids_kernel:0', [2], [-1, 1]),
    places('cluster_fc/pulling_indices_kernel:0', [2, 2], [0, 0, 1, 1]),
  ])
  expect(Object.entries(found)).toEqual([
    ['fc/kernel:0', [1, -1, -1, 1]],
    ['fc/bias:0', [5, 6]],
  ])
})

test('each channel may have centroids of its own', async () => {
  const found = await innerOf('ClusterWeights', [
    ...clusteredLayer,
    weight('cluster_fc/cluster_centroids_kernel:0', [2, 2], [-1, 1, -3, 2]),
    places('cluster_fc/pulling_indices_kernel:0', [2, 2], [0, 0, 1, 1]),
  ])
  expect(found['fc/kernel:0']).toEqual([1, 2, -1, 2])
})

/** As tfmot leaves them: the step after which a file is saved moves the centroid of zeros as well. */
test('where zeros are kept their centroid is 0, and so is what was zero; the rest is nearest', async () => {
  const kernel = weight('fc/kernel:0', [2, 3], [0, -0.2, -0.6, 0.4, 0.3, 0.02])
  const found = await innerOf(
    'ClusterWeights',
    [
      kernel,
      weight('cluster_fc/cluster_centroids_kernel:0', [3], [-0.5, 0.01, 0.5]),
      // The second was nearer to another one before the last step; of the fifth nothing says whether it was zero.
      places('cluster_fc/pulling_indices_kernel:0', [2, 3], [1, 0, 0, 2, 1, 1]),
    ],
    { preserve_sparsity: true },
  )
  expect(found['fc/kernel:0']).toEqual([0, 0, -0.5, 0.5, 0, 0])
})

test('zeros of each channel have a centroid of their own', async () => {
  const found = await innerOf(
    'ClusterWeights',
    [
      weight('fc/kernel:0', [2, 2], [0.1, 0, -0.9, 0.4]),
      weight('cluster_fc/cluster_centroids_kernel:0', [2, 2], [-1, 0.25, 0.125, 0.5]),
    ],
    { preserve_sparsity: true },
  )
  expect(found['fc/kernel:0']).toEqual([0, 0, -1, 0.5])
})

test('ranges of a layer that was trained quantized are kept beside its weights', () => {
  const names = [
    ...['dw/depthwise_kernel:0', 'dw/bias:0', 'quant_dw/optimizer_step:0'],
    ...['quant_dw/depthwise_kernel_min:0', 'quant_dw/depthwise_kernel_max:0'],
    ...['quant_dw/post_activation_min:0', 'quant_dw/post_activation_max:0'],
  ]
  const { inner, own } = unwrapped(
    wrapper('QuantizeWrapperV2'),
    names.map((name) => weight(name, [1], [0])),
  )
  expect([inner, own].map((list) => list.map(({ name }) => name))).toEqual([
    names.slice(0, 2),
    names.slice(2),
  ])
})

test('the layer that quantizes what a model is given has no weights of the model', () => {
  const names = ['quantize_layer_min:0', 'quantize_layer_max:0', 'optimizer_step:0']
  const { inner, own } = unwrapped(
    wrapper('QuantizeLayer'),
    names.map((name) => weight(`quantize_layer/${name}`, [], [0])),
  )
  expect([inner.length, own.length]).toEqual([0, 3])
})

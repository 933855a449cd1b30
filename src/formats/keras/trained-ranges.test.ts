import { expect, test } from 'vitest'
import type { KerasWeight } from './keras-file'
import { trainedRanges } from './trained-ranges'

function number(name: string, value: number, shape: readonly number[] = []): KerasWeight {
  const read = () => Promise.resolve(Float32Array.of(value))
  return { name, path: `/${name}`, shape, dtype: 'float32', read }
}

/** As tfmot 0.8.1 calls them. */
const wrapperWeights = new Map([
  [
    'quant_dw',
    [
      number('quant_dw/optimizer_step:0', -1),
      number('quant_dw/depthwise_kernel_min:0', -1, [1]),
      number('quant_dw/depthwise_kernel_max:0', 1, [1]),
      number('quant_dw/post_activation_min:0', -5.973728),
      number('quant_dw/post_activation_max:0', 5.974082),
    ],
  ],
  ['quant_fc', [number('quant_fc/kernel_min:0', -1), number('quant_fc/kernel_max:0', 1)]],
  ['quant_relu', [number('quant_relu/output_min:0', 0), number('quant_relu/output_max:0', 6)]],
  [
    'quantize_layer',
    [
      number('quantize_layer/quantize_layer_min:0', 0),
      number('quantize_layer/quantize_layer_max:0', 1),
    ],
  ],
  ['alone', [number('alone/output_min:0', 0)]],
])

test('ranges of activations are told, those of kernels are not', async () => {
  expect(await trainedRanges({ wrapperWeights })).toEqual([
    {
      code: 'note/trained-ranges',
      params: {
        count: 3,
        ranges: 'quant_dw -5.974 … 5.974; quant_relu 0 … 6; quantize_layer 0 … 1',
      },
    },
  ])
  expect(await trainedRanges({ wrapperWeights: new Map() })).toEqual([])
})

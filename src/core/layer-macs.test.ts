import { expect, test } from 'vitest'
import { layerMacs } from './layer-macs'
import type { MacsInput } from './layer-macs'

const plain = { config: {}, inputs: [], output: undefined, kernels: [] }

test.each<[string, Omit<MacsInput, 'config'> & { config?: MacsInput['config'] }, number | null]>([
  // LeNet-5 by hand: 20 filters of 5x5x1 at 24x24 places, 50 of 5x5x20 at 8x8.
  [
    'Conv2D',
    { ...plain, className: 'Conv2D', output: [null, 24, 24, 20], kernels: [[5, 5, 1, 20]] },
    288_000,
  ],
  [
    'Conv2D, second',
    { ...plain, className: 'Conv2D', output: [null, 8, 8, 50], kernels: [[5, 5, 20, 50]] },
    1_600_000,
  ],
  [
    'Conv2D, channels first',
    {
      ...plain,
      className: 'Conv2D',
      config: { data_format: 'channels_first' },
      output: [null, 50, 8, 8],
      kernels: [[5, 5, 20, 50]],
    },
    1_600_000,
  ],
  ['Dense', { ...plain, className: 'Dense', output: [null, 500], kernels: [[800, 500]] }, 400_000],
  [
    'Dense over time',
    { ...plain, className: 'Dense', output: [null, 7, 500], kernels: [[800, 500]] },
    2_800_000,
  ],
  [
    'DepthwiseConv2D',
    {
      ...plain,
      className: 'DepthwiseConv2D',
      output: [null, 14, 14, 32],
      kernels: [[3, 3, 32, 1]],
    },
    56_448,
  ],
  [
    'SeparableConv2D',
    {
      ...plain,
      className: 'SeparableConv2D',
      output: [null, 14, 14, 64],
      kernels: [
        [3, 3, 32, 1],
        [1, 1, 32, 64],
      ],
    },
    196 * (288 + 2048),
  ],
  [
    'Conv2DTranspose',
    {
      ...plain,
      className: 'Conv2DTranspose',
      inputs: [[null, 7, 7, 8]],
      output: [null, 14, 14, 4],
      kernels: [[2, 2, 4, 8]],
    },
    49 * 128,
  ],
  ['Conv1D', { ...plain, className: 'Conv1D', output: [null, 10, 4], kernels: [[3, 2, 4]] }, 240],
  [
    'Conv3D',
    { ...plain, className: 'Conv3D', output: [null, 2, 3, 4, 5], kernels: [[1, 1, 1, 2, 5]] },
    240,
  ],
  [
    'LSTM',
    {
      ...plain,
      className: 'LSTM',
      inputs: [[null, 5, 3]],
      output: [null, 2],
      kernels: [
        [3, 8],
        [2, 8],
      ],
    },
    200,
  ],
  [
    'ConvLSTM2D',
    {
      ...plain,
      className: 'ConvLSTM2D',
      inputs: [[null, 5, 8, 8, 1]],
      output: [null, 6, 6, 2],
      kernels: [
        [3, 3, 1, 8],
        [3, 3, 2, 8],
      ],
    },
    5 * 36 * 216,
  ],
  [
    'ConvLSTM2D with all steps',
    {
      ...plain,
      className: 'ConvLSTM2D',
      inputs: [[null, 5, 8, 8, 1]],
      output: [null, 5, 6, 6, 2],
      kernels: [
        [3, 3, 1, 8],
        [3, 3, 2, 8],
      ],
    },
    5 * 36 * 216,
  ],
  [
    'BatchNormalization',
    { ...plain, className: 'BatchNormalization', output: [null, 4, 4, 3] },
    48,
  ],
  [
    'Dot',
    {
      ...plain,
      className: 'Dot',
      config: { axes: [2, 1] },
      inputs: [
        [null, 4, 6],
        [null, 6, 5],
      ],
      output: [null, 4, 5],
    },
    120,
  ],
  ['Flatten', { ...plain, className: 'Flatten', output: [null, 9] }, 0],
  [
    'an open image size',
    { ...plain, className: 'Conv2D', output: [null, null, null, 20], kernels: [[5, 5, 1, 20]] },
    null,
  ],
  [
    'an open sequence length',
    {
      ...plain,
      className: 'LSTM',
      inputs: [[null, null, 3]],
      output: [null, 2],
      kernels: [[3, 8]],
    },
    null,
  ],
])('%s', (_, input, expected) => {
  expect(layerMacs({ config: {}, ...input })).toBe(expected)
})

import { elementCount } from '../src/core/tensor-spec'
import type { LayerKind, TensorSpec } from '../src/core/tensor-spec'

function layer(
  name: string,
  kind: LayerKind,
  tensors: readonly { role: TensorSpec['role']; shape: readonly number[] }[],
): TensorSpec[] {
  return tensors.map(({ role, shape }, index) => ({
    name: `${name}/${role}${index}`,
    shape,
    dtype: 'float32',
    role,
    layerName: name,
    layerKind: kind,
    channel: { count: shape.at(-1) ?? 1, inner: 1 },
  }))
}

function dense(name: string, input: number, output: number): TensorSpec[] {
  return layer(name, 'dense', [
    { role: 'kernel', shape: [input, output] },
    { role: 'bias', shape: [output] },
  ])
}

/** A convolution and the normalization that follows it. */
function convolution(name: string, side: number, input: number, output: number): TensorSpec[] {
  return [
    ...layer(name, 'convolution', [{ role: 'kernel', shape: [side, side, input, output] }]),
    ...layer(
      `${name}_bn`,
      'normalization',
      Array.from({ length: 4 }, () => ({ role: 'normalization' as const, shape: [output] })),
    ),
  ]
}

function bottleneck(name: string, input: number, filters: number, first: boolean): TensorSpec[] {
  return [
    ...convolution(`${name}_1`, 1, input, filters),
    ...convolution(`${name}_2`, 3, filters, filters),
    ...convolution(`${name}_3`, 1, filters, 4 * filters),
    ...(first ? convolution(`${name}_0`, 1, input, 4 * filters) : []),
  ]
}

function resNet50(): TensorSpec[] {
  const stages = [
    { filters: 64, blocks: 3 },
    { filters: 128, blocks: 4 },
    { filters: 256, blocks: 6 },
    { filters: 512, blocks: 3 },
  ]
  let input = 64
  return [
    ...convolution('conv1', 7, 3, 64),
    ...stages.flatMap(({ filters, blocks }, stage) =>
      Array.from({ length: blocks }, (_, block) => {
        const specs = bottleneck(`s${stage}_b${block}`, input, filters, block === 0)
        input = 4 * filters
        return specs
      }).flat(),
    ),
    ...dense('classes', 2048, 1000),
  ]
}

/** The weights of one network, by shape alone. */
export interface PreviewModel {
  readonly name: string
  readonly specs: readonly TensorSpec[]
  readonly weights: number
  /** Milliseconds that a preview may take; null where none is set. */
  readonly aimMs: number | null
}

function model(name: string, aimMs: number | null, specs: readonly TensorSpec[]): PreviewModel {
  const weights = specs.reduce((sum, { shape }) => sum + elementCount(shape), 0)
  return { name, specs, weights, aimMs }
}

/** 0.3, 3 and 25 million weights in the tensors of real networks. */
export const previewModels: readonly PreviewModel[] = [
  model('LeNet-300-100', null, [
    ...dense('fc1', 784, 300),
    ...dense('fc2', 300, 100),
    ...dense('fc3', 100, 10),
  ]),
  model('VGG-like, six convolutions', 50, [
    ...convolution('conv1', 3, 3, 64),
    ...convolution('conv2', 3, 64, 128),
    ...convolution('conv3', 3, 128, 128),
    ...convolution('conv4', 3, 128, 256),
    ...convolution('conv5', 3, 256, 256),
    ...convolution('conv6', 3, 256, 512),
    ...dense('fc1', 512, 1000),
    ...dense('fc2', 1000, 200),
  ]),
  model('ResNet-50', 400, resNet50()),
]

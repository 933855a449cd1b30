import { StudioError } from '../../core/errors'
import { everyLayer } from './config-layers'
import type { ConfigLayer } from './config-layers'
import type { KerasWeight } from './keras-file'

/** What Keras 3 adds to a kernel: A has its sides but for the last and a rank, B the rank and its last side. */
const parts = /^lora_(kernel|embeddings)_([ab])$/

/** Multiplications between two looks at whether somebody cancels. */
const STRETCH = 2 ** 22

interface Adapter {
  readonly a: KerasWeight
  readonly b: KerasWeight
  readonly rank: number
  readonly scale: number
}

/**
 * Kernels of layers with `enable_lora`, as Keras computes with them: kernel + alpha / rank x A B. An `.h5` file holds the three
 * apart; in `.keras` and `.weights.h5` files Keras has put them together itself.
 * @param weightsOf those of a layer, by its path
 * @returns what stands for a weight; null: it is part of another
 * @throws StudioError 'open/weight-shape'
 */
export function adaptedKernels(
  file: string,
  layers: readonly ConfigLayer[],
  weightsOf: (path: string) => readonly KerasWeight[],
): ReadonlyMap<KerasWeight, KerasWeight | null> {
  const byWeight = new Map<KerasWeight, KerasWeight | null>()
  for (const [path, layer] of everyLayer(layers)) {
    const told = adapterOf(layer)
    if (told === null) continue
    const own = new Map(weightsOf(path).map((weight) => [plainName(weight), weight]))
    for (const [name, a] of own) {
      const [, target = '', part] = parts.exec(name) ?? []
      const [kernel, b] = [own.get(target), own.get(`lora_${target}_b`)]
      if (part !== 'a' || kernel === undefined || b === undefined) continue
      byWeight.set(kernel, merged(file, path, kernel, { ...told, a, b }))
      byWeight.set(a, null).set(b, null)
    }
  }
  return byWeight
}

/** Of a layer or of the one that a wrapper holds; null: it has nothing of the kind. */
function adapterOf({ config, wrapped }: ConfigLayer): Pick<Adapter, 'rank' | 'scale'> | null {
  const { lora_alpha: alpha, lora_rank: rank } = config
  if (typeof rank === 'number' && rank > 0)
    return { rank, scale: typeof alpha === 'number' ? alpha / rank : 1 }
  return wrapped === null ? null : adapterOf(wrapped)
}

function plainName({ name }: KerasWeight): string {
  return name.slice(name.lastIndexOf('/') + 1).replace(/:\d+$/, '')
}

function merged(file: string, layer: string, kernel: KerasWeight, adapter: Adapter): KerasWeight {
  const { a, b, rank } = adapter
  const columns = kernel.shape.at(-1) ?? 1
  requireShape(file, layer, a, [...kernel.shape.slice(0, -1), rank])
  requireShape(file, layer, b, [rank, columns])
  const { pieces: _, ...rest } = kernel
  return {
    ...rest,
    read: async (between = () => Promise.resolve()) => {
      const values = await kernel.read(between)
      if (values instanceof Float32Array) await addProduct(values, columns, adapter, between)
      return values
    },
  }
}

function requireShape(
  file: string,
  layer: string,
  { name, shape }: KerasWeight,
  expected: readonly number[],
): void {
  if (shape.join() !== expected.join())
    throw new StudioError('open/weight-shape', {
      ...{ file, layer, tensor: name },
      expected: expected.join(' × '),
      found: shape.length === 0 ? 'a single number' : shape.join(' × '),
    })
}

async function addProduct(
  values: Float32Array,
  columns: number,
  { a, b, rank, scale }: Adapter,
  between: (bytes: number) => Promise<void>,
): Promise<void> {
  const [left, right] = [await a.read(), await b.read()]
  let since = 0
  for (let at = 0, row = 0; at < values.length; at += columns, row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0
      for (let inner = 0; inner < rank; inner++)
        sum += (left[row * rank + inner] ?? 0) * (right[inner * columns + column] ?? 0)
      values[at + column] = (values[at + column] ?? 0) + scale * sum
    }
    since += rank * columns
    if (since < STRETCH) continue
    since = 0
    await between(0)
  }
}

import { expect, it } from 'vitest'
import {
  drained,
  errorOf,
  exactFile,
  file,
  freshEngine,
  lastOf,
  quantized,
} from '../../../testing/engine/drive-engine'
import { smallModel } from '../../../testing/files/layers-files'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { defaultRecipe } from '../../techniques/recipe'
import { isKerasContainer, usualActivations } from '../../core/model-summary'
import type { ContainerId, ExportTarget, Precision } from '../../core/model-summary'
import type { Recipe } from '../../techniques/recipe'

const engine = freshEngine()

/** 35 weights in two files of 70 bytes. */
async function openSmall(largest: number): Promise<void> {
  const { json, shards } = smallModel()
  const files = [...shards].map(([name, bytes]) => file(name, bytes))
  const weights = new Float32Array(await new Blob(files).arrayBuffer())
  weights[5] = largest
  const bytes = new Uint8Array(weights.buffer)
  await drained(
    engine.current.model.open({
      files: [
        file('model.json', JSON.stringify(json)),
        ...files.map(({ name }, index) => file(name, bytes.subarray(70 * index, 70 * index + 70))),
      ],
    }),
  )
}

function onnx(precision: Precision): ExportTarget {
  return { container: 'onnx', precision }
}

async function settled(recipe: Recipe, target?: ExportTarget) {
  const chosen = target === undefined ? {} : { target }
  const { events } = await drained(
    engine.current.recipe.preview({ recipe, focus: [], mode: 'settled', ...chosen }),
  )
  return { weights: lastOf(events, 'weights'), size: lastOf(events, 'size') }
}

it('says beforehand that float16 cannot hold a weight, and refuses to write it', async () => {
  await openSmall(70_000)
  const target = { ...exactFile, precision: 'float16' } as const
  const { size } = await settled(defaultRecipe)
  const refusal = {
    code: 'export/float16-range',
    params: { tensor: 'first/kernel', index: 5, value: 70_000 },
  }
  const nothing = { code: 'export/nothing-packed', params: {} }
  const noBlocks = { code: 'export/no-block-codes', params: {} }
  const offers = size.alternatives.filter(
    ({ target: { container } }) => !isKerasContainer(container),
  )
  expect(offers).toEqual([
    { target: { ...exactFile, precision: 'packed' }, size: null, refusal: nothing },
    { target: { ...exactFile, precision: 'float32' }, size: null, refusal: null },
    { target, size: null, refusal },
    { target: onnx('exact'), size: null, refusal: null },
    { target: onnx('float32'), size: null, refusal: null },
    { target: onnx('float16'), size: null, refusal },
    {
      target: { ...onnx('static8'), activations: usualActivations },
      size: null,
      refusal: null,
    },
    { target: onnx('dynamic8'), size: null, refusal: null },
    { target: onnx('nBits'), size: null, refusal: noBlocks },
  ])
  const error = await errorOf(
    drained(engine.current.recipe.export({ recipe: defaultRecipe, target })),
  )
  expect(error.toData()).toEqual(refusal)
})

it('makes other files for their size where they were chosen, and its own kind where the exact one holds decoded values', async () => {
  await openSmall(1.5)
  const { alternatives } = (await settled(quantized(8))).size
  expect(alternatives.length).toBeGreaterThan(0)
  for (const offer of alternatives) expect(offer.size).toBeNull()
  const masked = recipeWith({ prune: {}, quantize: { bits: 7, scheme: 'linear' } })
  const offered = async (container: ContainerId, chosen: ExportTarget) =>
    (await settled(masked, chosen)).size.alternatives.filter(
      ({ target }) => target.container === container,
    )
  const own = await offered('tfjs', { ...exactFile, precision: 'packed' })
  expect(own.map((offer) => [offer.refusal, offer.size?.stored])).toEqual([
    // 16 codes with scale, zero point and the code that no mask has; 12 weights and 7 biases are halves anyway.
    [null, 16 + 3 * 4 + 12 * 2 + 7 * 2],
    [null, 140],
    [null, 70],
  ])
  // 4 bytes each once they are read.
  const cost = own[0]?.decoding
  expect(cost).toMatchObject({ held: 4 * (16 + 3 + 12 + 7), plain: 4 * 35 })
  expect(cost?.ms).toBeGreaterThan(0)
  const others = await offered('onnx', onnx('exact'))
  expect(others.map((offer) => [offer.refusal, typeof offer.size?.stored])).toEqual([
    [null, 'number'],
    [null, 'undefined'],
    [null, 'undefined'],
    [null, 'undefined'],
    [null, 'undefined'],
    [{ code: 'export/no-block-codes', params: {} }, 'undefined'],
  ])
})

it('says why tensors are no codes as the file then says it, also of layers of their own', async () => {
  await openSmall(1.5)
  const recipe = recipeWith({
    prune: {},
    quantize: {
      bits: 4,
      scheme: 'mean',
      granularity: 'perChannel',
      overrides: { second: { scheme: 'affine', granularity: 'perTensor', bits: 12 } },
    },
  })
  const { weights, size } = await settled(recipe)
  // The levels of a bin's mean are in the way before their scales are: one reason for each tensor.
  const kinds = [
    { storedAs: 'float16', reason: 'notQuantized', bits: null, tensors: 2 },
    { storedAs: 'float16', reason: 'mean', bits: 4, tensors: 1 },
    { storedAs: 'uint16', reason: null, bits: 12, tensors: 1 },
  ]
  expect(weights.sizes.kinds).toEqual(kinds)
  expect(size.sizes.kinds).toEqual(kinds)
  expect(size.tensors.map(({ name, reason, storedAs }) => [name, storedAs, reason])).toEqual([
    ['first/kernel', 'float16', 'mean'],
    ['first/bias', 'float16', 'notQuantized'],
    ['second/kernel', 'uint16', null],
    ['second/bias', 'float16', 'notQuantized'],
  ])
})

it('estimates the shards of a moving slider as the file then has them', async () => {
  await openSmall(1.5)
  // Every weight is a multiple of 1/64, so even the biases fit two bytes.
  for (const bits of [2, 8, 12]) {
    const { weights, size } = await settled(quantized(bits))
    expect(weights.sizes.stored).toBe(size.sizes.stored)
  }
})

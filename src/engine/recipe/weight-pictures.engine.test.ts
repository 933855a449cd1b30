import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { nodeEnvironment } from '../host/node-environment'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { defaultRecipe } from '../../techniques/recipe'
import { createEngine } from '../engine'
import type { Engine } from '../engine'

const SAMPLE = 'public/models/lenet-5'

let engine: Engine
beforeEach(async () => {
  await tf.setBackend('cpu')
  engine = createEngine(nodeEnvironment())
  await engine.start({ forced: 'wasm', exclude: [] })
  const files = ['model.json', 'group1-shard1of1.bin'].map(
    (name) => new File([readFileSync(`${SAMPLE}/${name}`)], name),
  )
  const opening = engine.model.open({ files })
  while ((await opening.next()).done !== true);
})
afterEach(() => engine.model.close())

it('shows the zeros of every kernel that the preview counts', async () => {
  const recipe = recipeWith({ prune: { value: 0.8 }, quantize: { bits: 4 } })
  const preview = engine.recipe.preview({ recipe, focus: [], mode: 'dragging' })
  const { value: event } = await preview.next()
  if (event?.type !== 'weights') throw new Error('no weights')
  for (const tensor of ['conv1/kernel', 'conv2/kernel', 'dense1/kernel', 'dense2/kernel']) {
    const { rows, kind, zerosAfter } = await engine.recipe.picture({ recipe, tensor, from: 0 })
    expect(kind).toBe(tensor.startsWith('conv') ? 'kernels' : 'matrix')
    const zeros = rows.reduce((sum, row) => sum + row.zerosAfter, 0)
    expect(zeros).toBe(event.layers.find(({ name }) => tensor.startsWith(name))?.zeros)
    expect(zerosAfter.some((share) => share === 255)).toBe(true)
  }
})

it('shows the same twice where nothing is compressed', async () => {
  const picture = await engine.recipe.picture({
    recipe: defaultRecipe,
    tensor: 'conv2/kernel',
    from: 0,
  })
  expect(picture).toMatchObject({ kind: 'kernels', inputs: 20, outputs: 50, from: 0 })
  expect(picture.after).toEqual(picture.before)
  expect(Math.max(...picture.before.map(Math.abs))).toBe(picture.scale)
})

it('has nothing to say of a tensor that the open model does not hold', async () => {
  const request = { recipe: defaultRecipe, tensor: 'of another model', from: 0 }
  await expect(engine.recipe.picture(request)).rejects.toMatchObject({ code: 'engine/cancelled' })
})

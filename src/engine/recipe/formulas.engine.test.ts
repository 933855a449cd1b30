import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { defaultRecipe } from '../../techniques/recipe'
import { createEngine } from '../engine'
import type { Engine } from '../engine'
import { nodeEnvironment } from '../host/node-environment'

const SAMPLE = 'public/models/lenet-300-100'

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

it('puts a weight of the open model into the formulas, as settings leave it to them', async () => {
  const recipe = recipeWith({ quantize: { bits: 4, range: 'minMax', scheme: 'linear' } })
  const found = await engine.recipe.formulas({ recipe, layer: 'dense1', index: 117_600 })
  if (found === null) throw new Error('no formulas')
  const { count, linear, q, x, y } = found
  expect(count).toBe(235_200)
  expect(y).toBe(Math.floor(x / q))
  expect(linear.value).toBe(Math.fround(y * q + q / 2))

  // Before the step is on, by the settings that it has.
  expect(
    await engine.recipe.formulas({ recipe: defaultRecipe, layer: 'dense1', index: 117_600 }),
  ).toMatchObject({ bits: 8, x })

  const pruned = recipeWith({ prune: { value: 1 }, quantize: { bits: 4 } })
  expect(
    await engine.recipe.formulas({ recipe: pruned, layer: 'dense1', index: 117_600 }),
  ).toMatchObject({ isRemoved: true, x: 0 })
})

it('has nothing to say of a layer that the open model does not hold', async () => {
  const request = { recipe: defaultRecipe, layer: 'of another model', index: 0 }
  await expect(engine.recipe.formulas(request)).rejects.toMatchObject({ code: 'engine/cancelled' })
})

import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { errorOf, freshEngine } from '../../../testing/engine/drive-engine'
import {
  ofType,
  openBars,
  openBuilt,
  settingsWith,
  trainer,
} from '../../../testing/engine/training-ground'
import { barModel } from '../../../testing/models/bar-model'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { defaultRecipe } from '../../techniques/recipe'
import { defaultDistillation } from '../../training/training-settings'

const engine = freshEngine()
const train = trainer(engine)

describe('what a run would take', () => {
  it('is told beforehand, and the run goes that way', async () => {
    await openBars(engine.current, 200)
    const settings = settingsWith({ epochs: 1 })
    const before = tf.memory().numTensors
    const need = await engine.current.train.need({ recipe: defaultRecipe, settings })
    expect(tf.memory().numTensors).toBe(before)
    const { events } = await train({ settings })
    const [started] = ofType(events, 'started')
    expect(need).toMatchObject({ fits: true, instead: [], statistics: 'batch' })
    expect(need.piece).toBe(started?.piece)
    expect(need.batchSize).toBe(started?.batchSize)
    // A batch is never larger than the training split.
    const large = settingsWith({ batchSize: 512 })
    const most = await engine.current.train.need({ recipe: defaultRecipe, settings: large })
    expect(most.batchSize).toBe(started?.samples)
  })

  it('grows with the batch, the optimizer, a teacher and what is held in the loop', async () => {
    await openBars(engine.current, 200)
    const bytes = async (
      change: Parameters<typeof settingsWith>[0],
      recipe = defaultRecipe,
    ): Promise<number> =>
      (await engine.current.train.need({ recipe, settings: settingsWith(change) })).bytes
    const plain = await bytes({ optimizer: 'sgd', momentum: 0, batchSize: 8 })
    expect(await bytes({ optimizer: 'sgd', momentum: 0, batchSize: 64 })).toBeGreaterThan(plain)
    expect(await bytes({ optimizer: 'adam', batchSize: 8 })).toBeGreaterThan(plain)
    const settings = { optimizer: 'sgd', momentum: 0, batchSize: 8 } as const
    const taught = { ...settings, distillation: defaultDistillation }
    expect(await bytes(taught)).toBeGreaterThan(plain)
    expect(await bytes(settings, recipeWith({ prune: { value: 0.5 } }))).toBeGreaterThan(plain)
  })

  it('needs data', async () => {
    await openBuilt(engine.current, barModel())
    const asked = engine.current.train.need({ recipe: defaultRecipe, settings: settingsWith() })
    expect((await errorOf(asked)).code).toBe('train/no-data')
  })
})

import { describe, expect, it } from 'vitest'
import { drained, file, freshEngine } from '../../../testing/engine/drive-engine'
import { zipOf } from '../../../testing/files/foreign-data'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { defaultDistillation } from '../../training/training-settings'
import { enlargedPairs, pairFiles, pixelModel } from '../../../testing/files/picture-pairs'
import { settingsWith, trainer } from '../../../testing/engine/training-ground'
import type { TrainResult } from '../../protocol/training-messages'

const engine = freshEngine()
const train = trainer(engine)

function r2Of({ measure }: TrainResult): { before: number; after: number } {
  if (measure.type !== 'scores') throw new Error('no scores')
  const [, r2] = measure.scores
  return { before: r2?.original ?? NaN, after: r2?.value ?? NaN }
}

async function attach(files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await drained(
    engine.current.data.open({
      files: [file('p.zip', zipOf(files))],
      choices: {},
      settings: null,
    }),
  )
}

const negatives = pairFiles(
  80,
  (i) => `in/${i}.png`,
  (i) => `out/${i}.png`,
)

describe('models that make pictures are trained on pairs', () => {
  it.each([
    ['as they are', {}],
    ['moved and mirrored together', { shift: 2, flip: true }],
  ])('%s', async (_, changes) => {
    await drained(engine.current.model.open({ files: await pixelModel(0.2, 0.4) }))
    await attach(negatives)
    const { result } = await train({
      settings: settingsWith({ batchSize: 4, epochs: 10, learningRate: 0.1, ...changes }),
    })
    const { before, after } = r2Of(result)
    expect(before).toBeLessThan(0.2)
    // One weight and one bias: on targets that were moved otherwise they would learn the mean, and fit nothing.
    expect(after).toBeGreaterThan(0.98)
  })

  it('that are larger than what they are made of', async () => {
    const model = await pixelModel(0.2, 0.4, { sides: [4, 4, 1], enlarge: 2 })
    await drained(engine.current.model.open({ files: model }))
    await attach(enlargedPairs(80))
    const { result } = await train({
      settings: settingsWith({
        batchSize: 4,
        epochs: 10,
        learningRate: 0.1,
        shift: 1,
        flip: true,
      }),
    })
    expect(r2Of(result).after).toBeGreaterThan(0.98)
  })

  it('with the original as their teacher, whose answers are remembered', async () => {
    await drained(engine.current.model.open({ files: await pixelModel(-1, 1) }))
    await attach(negatives)
    const { result } = await train({
      recipe: recipeWith({ quantize: { bits: 2 } }),
      settings: settingsWith({
        batchSize: 4,
        epochs: 4,
        learningRate: 0.01,
        distillation: { ...defaultDistillation, alpha: 0.5 },
      }),
    })
    // The original is right; two bits are not, and training does not take them further away.
    expect(r2Of(result).before).toBeCloseTo(1, 9)
    expect(r2Of(result).after).toBeGreaterThan(0.5)
  })

  it('through a sigmoid, whose outputs are compared', async () => {
    await drained(engine.current.model.open({ files: await pixelModel(0, 0, { sigmoid: true }) }))
    await attach(negatives)
    const { result } = await train({
      settings: settingsWith({ batchSize: 4, epochs: 15, learningRate: 0.3 }),
    })
    // The best that a sigmoid of a line can do for a line over 0 to 1.
    expect(r2Of(result).after).toBeGreaterThan(0.95)
  })
})

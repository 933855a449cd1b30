import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { errorOf, freshEngine, lastOf } from '../../../testing/engine/drive-engine'
import { eagerClock } from '../../../testing/engine/small-environment'
import {
  bitsOf,
  everything,
  floats,
  ofType,
  openBars,
  settingsWith,
  trainer,
} from '../../../testing/engine/training-ground'
import { barModel } from '../../../testing/models/bar-model'
import { savedFiles } from '../../../testing/models/stock-model'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { openModel } from '../../formats/importers'
import { defaultRecipe } from '../../techniques/recipe'

const engine = freshEngine(eagerClock())
const train = trainer(engine)

/** Which numbers of all weights belong to a layer of the bar model. */
async function placesOf(layers: readonly string[]): Promise<boolean[]> {
  const built = barModel()
  const opened = await openModel(await savedFiles(tf, built), () => Promise.resolve())
  built.dispose()
  return opened.weights.flatMap(({ spec, values }) =>
    Array.from(values, () => layers.includes(spec.layerName)),
  )
}

describe('training of chosen layers', () => {
  it('leaves the others bit for bit, statistics included, and moves those', async () => {
    await openBars(engine.current, 200)
    for (const layers of [['classes'], ['normal', 'classes'], ['first'], ['depthwise']]) {
      const { events, result } = await train({ settings: settingsWith({ epochs: 2, layers }) })
      const [start] = ofType(events, 'validation')
      const before = await floats(start?.trained.weights ?? new Blob())
      const last = await floats(lastOf(events, 'validation').trained.weights)
      const isChosen = await placesOf(layers)
      const same = last.map((value, at) => Number(Object.is(value, before[at])))
      expect(last.length).toBe(isChosen.length)
      expect(
        same.every((is, at) => isChosen[at] || is === 1),
        layers.join(),
      ).toBe(true)
      const moved = same.filter((is, at) => isChosen[at] && is === 0).length
      expect(moved).toBeGreaterThan(isChosen.filter(Boolean).length / 2)
      expect(result.trained.history.at(-1)?.settings.layers).toEqual(layers)
    }
    // Before the first step nothing was measured anew either: the statistics are those of the file.
    const { events } = await train({ settings: settingsWith({ epochs: 1, layers: ['classes'] }) })
    expect(ofType(events, 'validation')[0]?.recipe.trained).toBeUndefined()
  })

  it('keeps masks and fake quantization of frozen layers, and measures what a file would hold', async () => {
    await openBars(engine.current, 200)
    const layers = ['classes']
    const isChosen = await placesOf(layers)
    const prune = { value: 0.5 }
    for (const regrowth of [false, true]) {
      const settings = settingsWith({
        epochs: 3,
        layers,
        pruning: { schedule: 'polynomial', end: 0.5, regrowth },
      })
      const recipe = recipeWith({ prune, quantize: { bits: 4, range: 'mse' } })
      const { events, result } = await train({ recipe, settings })
      const states = await Promise.all(
        ofType(events, 'validation').map(({ trained }) => floats(trained.weights)),
      )
      const [start, ...others] = states
      for (const state of others)
        expect(
          state.every((value, at) => isChosen[at] || value === 0 || Object.is(value, start?.[at])),
        ).toBe(true)
      const final = states.at(-1)
      expect(
        final.filter((value, at) => isChosen[at] !== true && value === 0).length,
      ).toBeGreaterThan(20)
      // What was frozen keeps the range that the recipe chose; what has learned its own is coded from end to end.
      const [step] = result.recipe.steps.filter(({ technique }) => technique === 'quantize')
      expect(step?.config).toMatchObject({
        range: 'minMax',
        overrides: { first: { range: 'mse' }, depthwise: { range: 'mse' } },
      })
      expect(Object.keys(step?.config.overrides ?? {})).not.toContain('classes')
    }
  })

  it('goes on from a checkpoint to the same bits, and not with other layers', async () => {
    await openBars(engine.current, 200)
    const { recipe } = everything
    const settings = { ...everything.settings, layers: ['depthwise', 'classes'] }
    const whole = await train({ recipe, settings })
    const { file = null } = ofType(whole.events, 'checkpoint')[1] ?? {}
    const rest = await train({ recipe, settings, resume: file })
    expect(await bitsOf(rest.result)).toEqual(await bitsOf(whole.result))
    const other = train({ recipe, settings: { ...settings, layers: null }, resume: file })
    expect((await errorOf(other)).code).toBe('train/checkpoint')
  })

  it('takes less memory the fewer learn, and nothing where none does', async () => {
    await openBars(engine.current, 200)
    const bytes = async (layers: string[] | null): Promise<number> => {
      const settings = settingsWith({ layers })
      return (await engine.current.train.need({ recipe: defaultRecipe, settings })).bytes
    }
    expect(await bytes(['classes'])).toBeLessThan(await bytes(['depthwise', 'classes']))
    expect(await bytes(['depthwise', 'classes'])).toBeLessThan(await bytes(null))
    const held = tf.memory().numTensors
    for (const layers of [[], ['flat', 'elsewhere']])
      expect((await errorOf(train({ settings: settingsWith({ layers }) }))).code).toBe(
        'train/no-layers',
      )
    expect(tf.memory().numTensors).toBe(held)
    const { statistics } = await engine.current.train.need({
      recipe: defaultRecipe,
      settings: settingsWith({ layers: ['classes'] }),
    })
    expect(statistics).toBe('none')
  })
})

import { readFileSync } from 'node:fs'
import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { drained, exactFile, file, freshEngine } from '../../../testing/engine/drive-engine'
import { eagerClock } from '../../../testing/engine/small-environment'
import { halfOfAll } from '../../../testing/engine/cut-ground'
import { distilling } from '../../../testing/engine/teaching-ground'
import {
  accuracyOf,
  attachBars,
  ofType,
  settingsWith,
  trainer,
} from '../../../testing/engine/training-ground'
import { recipeWith } from '../../../testing/studio/recipe-with'

const engine = freshEngine(eagerClock())
const train = trainer(engine)

function dropped(name: string): File {
  return file(name, new Uint8Array(readFileSync(`testing/models/keras/${name}`)))
}

describe('a model of Keras that no layers of stock TensorFlow.js compute', () => {
  it('learns by its graph, and its download is a graph model with the weights that were measured', async () => {
    const files = [dropped('bars.keras3.keras')]
    const { result: opened } = await drained(engine.current.model.open({ files }))
    expect(opened.obstacles).toMatchObject({ run: null, train: null })
    expect(opened.notes.map(({ code }) => code)).toContain('note/as-graph-model')
    await attachBars(engine.current)
    const recipe = recipeWith({
      prune: { value: 0.5 },
      quantize: { bits: 6, granularity: 'perTensor' },
    })
    const { events, result } = await train({ recipe, settings: settingsWith({ epochs: 6 }) })
    const [before] = ofType(events, 'validation')
    if (before === undefined) throw new Error('no validation')
    expect(accuracyOf(result)).toBeGreaterThan(accuracyOf(before) + 0.2)
    await engine.current.model.addTrained(result.trained)
    const { result: download } = await drained(
      engine.current.recipe.export({ recipe: result.recipe, target: exactFile }),
    )
    expect(download.validation).toEqual(result.measure)
    const { result: again } = await drained(
      engine.current.model.open({ files: [new File([download.zip], 'bars.zip')] }),
    )
    expect(again.format).toBe('tfjs-graph')
    expect(again.obstacles).toEqual({ run: null, train: null, cut: null })
    expect(again.totals.parameters).toBe(opened.totals.parameters)
    expect(download.usageCode).toContain('tf.loadGraphModel')
  })

  it('loses filters, learns again, and stays a model of Keras until it is downloaded as a graph', async () => {
    const { result: opened } = await drained(
      engine.current.model.open({ files: [dropped('bars.keras3.keras')] }),
    )
    const { result: cut } = await drained(
      engine.current.structure.cut({
        recipe: recipeWith({}),
        target: halfOfAll,
        blocks: [],
        start: 'kept',
      }),
    )
    const { result: smaller } = await drained(
      engine.current.model.open({
        files: cut.files.map(({ path, blob }) => new File([blob], path)),
        origin: { files: [dropped('bars.keras3.keras')], cuts: [cut.record] },
      }),
    )
    expect(smaller.format).toBe('keras')
    expect(smaller.totals.parameters).toBe(cut.plan.parameters)
    expect(smaller.totals.parameters).toBeLessThan(opened.totals.parameters)
    expect(smaller.removed).toEqual({ layers: cut.plan.layers, gone: [] })
    await attachBars(engine.current)
    const { events, result } = await train({ settings: settingsWith({ epochs: 4 }) })
    const [before] = ofType(events, 'validation')
    if (before === undefined) throw new Error('no validation')
    expect(accuracyOf(result)).toBeGreaterThan(accuracyOf(before) + 0.2)
    await engine.current.model.addTrained(result.trained)
    const { result: download } = await drained(
      engine.current.recipe.export({ recipe: result.recipe, target: exactFile }),
    )
    expect(download.validation).toEqual(result.measure)
    expect(download.usageCode).toContain('tf.loadGraphModel')

    // And once more, from the file as it was before anything was removed.
    const files = [dropped('bars.keras3.keras')]
    const { result: teacher } = await drained(engine.current.teacher.open({ files }))
    expect(teacher.parameters).toBe(opened.totals.parameters)
    const settings = distilling({ teacher: teacher.id, alpha: 0 }, { epochs: 3, shift: 0 })
    const taught = await train({ settings })
    const losses = ofType(taught.events, 'progress')
    const meanIn = (wanted: number): number => {
      const own = losses.flatMap(({ epoch, loss }) => (epoch === wanted ? [loss] : []))
      return own.reduce((sum, loss) => sum + loss / own.length, 0)
    }
    expect(meanIn(2)).toBeLessThan(0.8 * meanIn(0))
    expect(taught.result.trained.history.at(-1)?.settings.distillation?.teacher).toBe(teacher.id)
    await engine.current.model.addTrained(taught.result.trained)
    const { result: last } = await drained(
      engine.current.recipe.export({ recipe: taught.result.recipe, target: exactFile }),
    )
    expect(last.validation).toEqual(taught.result.measure)
  })
})

it('a model of Keras that TensorFlow.js runs loses filters, and stays a model of Keras', async () => {
  const { result: opened } = await drained(
    engine.current.model.open({ files: [dropped('small.keras3.keras')] }),
  )
  const { result: cut } = await drained(
    engine.current.structure.cut({
      recipe: recipeWith({}),
      target: halfOfAll,
      blocks: [],
      start: 'kept',
    }),
  )
  const { result: smaller } = await drained(
    engine.current.model.open({
      files: cut.files.map(({ path, blob }) => new File([blob], path)),
    }),
  )
  expect(smaller.format).toBe('keras')
  expect(smaller.totals.parameters).toBe(cut.plan.parameters)
  expect(smaller.totals.parameters).toBeLessThan(opened.totals.parameters)
  expect(smaller.obstacles.run).toBeNull()
})

it('a model that gives its outputs by name says them where its download gives a list', async () => {
  const { result: opened } = await drained(
    engine.current.model.open({ files: [dropped('by_name.keras3.h5')] }),
  )
  expect(opened.notes).toContainEqual({
    code: 'note/named-outputs',
    params: { names: 'kind, size' },
  })
  const { result } = await drained(
    engine.current.recipe.export({ recipe: recipeWith({}), target: exactFile }),
  )
  const card = unzipSync(new Uint8Array(await result.zip.arrayBuffer()))['README.md']
  expect(strFromU8(card ?? new Uint8Array())).toContain('in order: kind, size\n')
})

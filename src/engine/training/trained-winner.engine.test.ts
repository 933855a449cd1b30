import { expect, it } from 'vitest'
import { drained, exactFile, file, freshEngine } from '../../../testing/engine/drive-engine'
import {
  accuracyOf,
  attachBars,
  openBars,
  settingsWith,
  trainer,
} from '../../../testing/engine/training-ground'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { memoryFile } from '../../files/file-bundle'
import { readZip } from '../../files/zip-archive'
import { defaultRecipe } from '../../techniques/recipe'
import { trainingFor } from '../../training/training-for'

const engine = freshEngine()
const train = trainer(engine)

async function filesIn(zip: Blob): Promise<File[]> {
  const bytes = new Uint8Array(await zip.arrayBuffer())
  const archive = await readZip(memoryFile('a.zip', bytes), () => Promise.resolve())
  return Promise.all(archive.map(async (one) => file(one.path, await one.read(0, one.size))))
}

it('what a search has trained is downloaded as large as it was shown, and as accurate on the test split as is said', async () => {
  await openBars(engine.current)
  const recipe = recipeWith({ prune: { value: 0.5 }, quantize: { bits: 4 } })
  const { result: trained } = await train({
    recipe,
    settings: trainingFor(settingsWith(), 4, false),
  })
  const { model, recipe: room } = engine.current
  await model.addTrained(trained.trained)
  const winner = trained.recipe
  // What the card shows.
  const shown = await room.try({ recipe: winner })
  if (shown.measure?.type !== 'accuracy') throw new Error('no accuracy')
  expect(shown.measure.correct / shown.measure.measured).toBe(accuracyOf(trained))

  const { result: whole } = await drained(room.export({ recipe: winner, target: exactFile }))
  expect(whole.zip.size).toBe(shown.size.zipped)
  const { result: apart } = await drained(
    room.export({ recipe: winner, target: exactFile, report: 'apart' }),
  )
  expect(apart.zip.size).toBe(shown.size.zipped - shown.size.reportBytes)
  if (whole.test?.type !== 'accuracy') throw new Error('the test split was not read')

  // The same file, opened as somebody else's model, is as accurate on the same test split.
  await drained(model.open({ files: await filesIn(apart.zip) }))
  await attachBars(engine.current)
  const { result: again } = await drained(room.export({ recipe: defaultRecipe, target: exactFile }))
  const { correct, measured, split } = whole.test
  expect(again.test).toMatchObject({ type: 'accuracy', split: 'test', correct, measured })
  expect(split).toBe('test')
  expect(measured).toBeGreaterThan(30)
})

import { expect, it } from 'vitest'
import { setUp } from '../../../testing/studio/fake-studio'
import { modelSummary } from '../../../testing/studio/test-data'
import { defaultRecipe } from '../../techniques/recipe'

it('a correction is a file beside those of the model, which holds all that was put right', async () => {
  const last: File[] = []
  const { commands } = await setUp({
    open: async function* (files) {
      last.splice(0, Infinity, ...files)
      await Promise.resolve()
      yield { phase: 'reading', done: 0, total: 0 }
      return modelSummary()
    },
  })
  const model = new File(['x'], 'net.pth')
  await commands.openFiles([model], 'net', defaultRecipe)
  await commands.setOutputAxis('conv1.weight', 1)
  await commands.setOutputAxis('fc.weight', 0)
  await commands.setOutputAxis('conv1.weight', 2)
  expect(last.map(({ name }) => name)).toEqual(['net.pth', 'output-axes.json'])
  expect(last[0]).toBe(model)
  expect(JSON.parse((await last[1]?.text()) ?? '')).toEqual({
    output_axes: { 'conv1.weight': 2, 'fc.weight': 0 },
  })
})

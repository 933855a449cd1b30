import { expect, it, vi } from 'vitest'
import { defaultRecipe } from '../../techniques/recipe'
import { setUp } from '../../../testing/studio/fake-studio'

const own = () => new File(['{"own":1}'], 'model.json')

it.each([false, true])(
  'says that own data did not come back until it is there; not where a run brings it: %s',
  async (isInRun) => {
    const before = await setUp()
    await before.commands.openFiles([own()], 'tiny', defaultRecipe)
    await vi.waitFor(() => {
      expect(before.sessions.disk.stored.size).toBe(1)
    })
    const [[id, stored] = []] = [...before.sessions.disk.stored]
    const mark = before.marks.at(-1)
    if (id === undefined || stored === undefined || mark == null) throw new Error('not kept')
    const after = await setUp()
    after.sessions.disk.stored.set(id, { ...stored, lost: ['data'] })
    if (isInRun) {
      const data = { kind: 'own' as const, files: [own()], choices: {}, settings: null }
      const session = { ...stored.session, place: { ...stored.session.place, data } }
      const { trainingSettings: settings } = before.store.getState()
      await after.runs.keepGround({ session, recipe: defaultRecipe, settings, trained: null })
      await after.runs.keepCheckpoint({ epoch: 1, file: new Blob(['c']) })
    }
    await after.commands.restoreTab(mark)
    const said = isInRun ? null : { parts: ['data'] }
    expect(after.store.getState()).toMatchObject({ leftOut: said })
    await after.commands.attachData('mnist')
    expect(after.store.getState().leftOut).toBeNull()
  },
)

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

it('says that a run was left out where it is the first to find that', async () => {
  const before = await setUp()
  await before.commands.openFiles([own()], 'tiny', defaultRecipe)
  await vi.waitFor(() => {
    expect(before.sessions.disk.stored.size).toBe(1)
  })
  const after = await setUp()
  for (const [id, stored] of before.sessions.disk.stored)
    after.sessions.disk.stored.set(id, { ...stored, lost: ['data'] })
  const loadInterrupted = () => Promise.resolve('leftOut' as const)
  Object.assign(after.runs, { loadInterrupted })
  const mark = before.marks.at(-1)
  if (mark == null) throw new Error('not kept')
  await after.commands.restoreTab(mark)
  expect(after.store.getState().leftOut).toMatchObject({ run: true, parts: ['data'] })
})

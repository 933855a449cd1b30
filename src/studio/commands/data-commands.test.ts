import { describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../core/errors'
import type { Answers } from '../../../testing/studio/fake-answers'
import { sample, setUp } from '../../../testing/studio/fake-studio'
import { dataSummary } from '../../../testing/studio/test-data'

describe('own data', () => {
  const pets = [new File(['x'], 'pets.csv')]

  async function withModel(change: Partial<Answers> = {}) {
    const studio = await setUp(change)
    await studio.commands.openSample(sample)
    return studio
  }

  it('goes to the model that is open, and needs one', async () => {
    const { store, engine, commands } = await setUp()
    await commands.addFiles(pets)
    expect(store.getState().problem?.error.code).toBe('data/model-first')
    await commands.openSample(sample)
    await commands.addFiles(pets)
    expect(engine.calls).toContain('data pets.csv')
    expect(store.getState().data.state).toBe('attached')
  })

  it('that is refused leaves what was attached, and says why', async () => {
    let refuse = false
    const { store, commands } = await withModel({
      openData: async function* () {
        yield await Promise.resolve({ phase: 'reading' as const, done: 0, total: 1 })
        if (refuse) throw new StudioError('data/is-empty', { file: 'b.csv' })
        return dataSummary()
      },
    })
    await commands.openData(pets)
    refuse = true
    await commands.openData([new File([''], 'b.csv')])
    expect(store.getState().data).toMatchObject({ state: 'attached', data: { name: 'pets' } })
    expect(store.getState().problem?.error.code).toBe('data/is-empty')
  })

  it('maps its classes by a dropped list of names', async () => {
    const { store, engine, commands } = await withModel()
    await commands.openData(pets)
    await commands.addFiles([new File(['Dog\nBird\nCat\n'], 'names.txt')])
    expect(engine.calls).toContain('configure classification')
    const { data, outputNames } = store.getState()
    expect(outputNames).toEqual(['Dog', 'Bird', 'Cat'])
    expect(data).toMatchObject({ data: { settings: { classMap: [2, 0] } } })
  })

  it('comes back after a restart with its settings', async () => {
    const { store, engine, commands } = await withModel()
    await commands.openData(pets)
    const settings = { task: 'unlabelled', preparation: null, classMap: null } as const
    await commands.configureData(settings)
    const before = engine.calls.length
    engine.processes[0]?.die(new StudioError('engine/crashed', { reason: 'x' }))
    await vi.waitFor(() => {
      expect(engine.calls.slice(before)).toContain('data pets.csv')
      expect(store.getState().data).toMatchObject({ state: 'attached', data: { settings } })
    })
  })

  it('is kept over a reload only when asked, and forgotten when asked', async () => {
    const { store, commands, disk } = await withModel()
    await commands.openData(pets)
    expect(disk.stored).toBeNull()
    await commands.keepData()
    expect(disk.stored).toMatchObject({ files: pets })
    expect(store.getState().keptName).toBe('pets')
    await commands.detachData()
    await commands.useKeptData()
    expect(store.getState().data.state).toBe('attached')
    await commands.forgetKeptData()
    expect(disk.stored).toBeNull()
    disk.full = true
    await commands.keepData()
    expect(store.getState().keptName).toBeNull()
    expect(store.getState().problem?.error.code).toBe('data/not-kept')
  })
})

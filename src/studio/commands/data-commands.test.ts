import { describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../core/errors'
import type { Answers } from '../../../testing/studio/fake-answers'
import { sample, setUp } from '../../../testing/studio/fake-studio'
import { dataSummary, modelSummary } from '../../../testing/studio/test-data'

describe('own data', () => {
  const pets = [new File(['x'], 'pets.csv')]

  async function withModel(change: Partial<Answers> = {}) {
    const studio = await setUp(change)
    await studio.commands.openSample(sample)
    return studio
  }

  it('goes to the model that is open', async () => {
    const { store, engine, commands } = await withModel()
    await commands.addFiles(pets)
    expect(engine.calls).toContain('data pets.csv')
    expect(store.getState()).toMatchObject({ data: { state: 'attached' }, reading: null })
  })

  it('of which nothing can be read leaves what was attached, and says why', async () => {
    let refuse = false
    const { store, commands } = await withModel({
      openData: async function* () {
        yield await Promise.resolve({ phase: 'reading' as const, done: 0, total: 1 })
        if (refuse) throw new StudioError('data/is-empty', { file: 'b.csv' })
        return dataSummary()
      },
      read: async function* () {
        yield await Promise.resolve({ phase: 'reading' as const, done: 0, total: 1 })
        throw new StudioError('data/is-empty', { file: 'b.csv' })
      },
    })
    await commands.openData(pets)
    refuse = true
    await commands.openData([new File([''], 'b.csv')])
    expect(store.getState().data).toMatchObject({ state: 'attached', data: { name: 'pets' } })
    expect(store.getState().problem?.error.code).toBe('data/is-empty')
    expect(store.getState().reading).toBeNull()
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

  it('a list of names for each output is taken before there are data, and maps them then', async () => {
    const { store, commands } = await withModel()
    await commands.detachData()
    await commands.addFiles([new File(['0 Dog\n1 Cat\n'], 'labels.txt')])
    expect(store.getState().outputNames).toEqual(['Dog', 'Cat'])
    expect(store.getState().data.state).toBe('none')
    await commands.openData(pets)
    expect(store.getState().data).toMatchObject({ data: { settings: { classMap: [1, 0] } } })
  })

  it('a text with another number of lines is no list of names', async () => {
    const { store, commands } = await withModel()
    await commands.detachData()
    await commands.addFiles([new File(['a\tb\n1\t2\n3\t4\n'], 'table.txt')])
    expect(store.getState().outputNames).toBeNull()
  })

  it('names of other things change nothing, and say so', async () => {
    const { store, engine, commands } = await withModel()
    await commands.openData(pets)
    engine.calls.length = 0
    const { data } = store.getState()
    await commands.addFiles([new File(['ant\nbee\n'], 'labels.txt')])
    expect(store.getState()).toMatchObject({
      data,
      outputNames: null,
      problem: {
        error: {
          code: 'data/names-of-others',
          params: { names: 'ant, bee', classes: 'cat, dog' },
        },
      },
    })
    expect(engine.calls).not.toContain('configure classification')
  })

  it('names of some of its classes say which are left out', async () => {
    const { store, commands } = await withModel()
    await commands.openData(pets)
    await commands.addFiles([new File(['cat\nwasp\n'], 'labels.txt')])
    expect(store.getState()).toMatchObject({
      data: { data: { settings: { classMap: [0, -1] } } },
      problem: { error: { code: 'data/names-lacking', params: { classes: 'dog' } } },
    })
  })

  it('prose and tables with data attached are no names', async () => {
    const { store, commands } = await withModel()
    await commands.openData(pets)
    await commands.addFiles([new File(['hello there\nthis is prose\nof no use\n'], 'notes.txt')])
    expect(store.getState()).toMatchObject({ outputNames: null, problem: null })
    await commands.addFiles([new File(['15.26\t1\n14.88\t1\n14.29\t2\n'], 'seeds.txt')])
    expect(store.getState().outputNames).toBeNull()
  })

  describe('beside a model whose files name its outputs', () => {
    const beside = async (names: readonly string[], classNames: readonly string[]) => {
      const positions = classNames.map((_, place) => place)
      const classOrders = [{ id: 'position', map: positions }] as const
      const studio = await setUp({
        configure: (settings) =>
          Promise.resolve(dataSummary({ classNames, classOrders, settings })),
        open: async function* () {
          yield await Promise.resolve({ phase: 'reading' as const, done: 0, total: 1 })
          return modelSummary({ outputNames: { names, file: 'metadata.json' } })
        },
        openData: async function* () {
          yield await Promise.resolve({ phase: 'reading' as const, done: 0, total: 1 })
          return dataSummary({ classNames, classOrders })
        },
      })
      await studio.commands.openSample(sample)
      await studio.commands.openData(pets)
      return studio.store.getState()
    }
    const mapOf = ({ data }: Awaited<ReturnType<typeof beside>>) =>
      data.state === 'attached' ? data.data.settings.classMap : undefined

    it.each<[string, string[], string[], number[] | null]>([
      ['other order', ['Rock', 'Paper', 'Scissors'], ['Paper', 'Rock', 'Scissors'], [1, 0, 2]],
      ['the same order', ['cat', 'dog'], ['cat', 'dog'], null],
      ['a class more', ['b', 'a', 'c'], ['a', 'b', 'c', 'other'], [1, 0, 2, -1]],
      ['names of other things', ['cat', 'dog', 'hen'], ['0', '1', 'dog'], null],
    ])('is mapped by name: %s', async (_, names, classNames, map) => {
      const state = await beside(names, classNames)
      expect(state.outputNames).toEqual(names)
      expect(mapOf(state)).toEqual(map)
      expect(state.problem).toBeNull()
    })

    it('names a name that two outputs have, and names that fit several', async () => {
      const twice = await beside(['heron', 'crane', 'crane'], ['crane', 'heron'])
      expect(mapOf(twice)).toEqual([1, 0])
      expect(twice.problem?.error).toMatchObject({
        code: 'data/names-twice',
        params: { names: 'crane' },
      })
      const alike = await beside(['C#', 'C++', 'Go', 'D'], ['Go', 'D', 'c'])
      expect(mapOf(alike)).toEqual([2, 3, -1])
      expect(alike.problem?.error).toMatchObject({
        code: 'data/names-ambiguous',
        params: { names: 'c' },
      })
    })
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

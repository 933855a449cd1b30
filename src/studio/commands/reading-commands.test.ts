import { describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../core/errors'
import type { StudioErrorData } from '../../core/errors'
import type { DataSettings } from '../../data/data-settings'
import type { Preparation } from '../../data/preparation'
import type { ReadingChoices } from '../../data/reading/reading'
import type { Answers } from '../../../testing/studio/fake-answers'
import { sample, setUp } from '../../../testing/studio/fake-studio'
import { dataSummary, ownFacts, tableReading } from '../../../testing/studio/test-data'

const pets = [new File(['x'], 'pets.csv')]
const misfit = new StudioError('data/shape-mismatch', {
  dataset: 'pets',
  expected: '5',
  found: '3',
}).toData()
const preparation: Preparation = {
  ...{ height: 8, width: 8, mean: [0, 0, 0], std: [1, 1, 1] },
  fit: 'stretch',
  color: 'rgb',
}

/** A table that fits a model once its separator is chosen. */
function fitsWhen(fits: (choices: ReadingChoices) => boolean): Partial<Answers> {
  return {
    openData: async function* ({ choices }) {
      yield await Promise.resolve({ phase: 'reading' as const, done: 0, total: 1 })
      if (!fits(choices)) throw StudioError.from(misfit)
      return dataSummary({ own: ownFacts({ reading: tableReading(choices) }) })
    },
    read: async function* ({ choices }) {
      yield await Promise.resolve({ phase: 'reading' as const, done: 0, total: 1 })
      return { reading: tableReading(choices), misfit: fits(choices) ? null : misfit }
    },
  }
}

const bySemicolon = fitsWhen(({ tableSeparator }) => tableSeparator?.[0] === ';')

async function withModel(change: Partial<Answers>) {
  const studio = await setUp(change)
  await studio.commands.openSample(sample)
  await studio.commands.detachData()
  const reading = () => studio.store.getState().reading
  const error = (): StudioErrorData | null => reading()?.answer?.misfit ?? null
  return { ...studio, reading, error }
}

describe('data that does not fit', () => {
  it('stays open with the reason, is put right, and attaches then', async () => {
    const { store, engine, commands, reading, error } = await withModel(bySemicolon)
    await commands.openData(pets)
    expect(error()).toEqual(misfit)
    expect(store.getState()).toMatchObject({ data: { state: 'none' }, problem: null })

    const before = engine.calls.length
    await commands.attachReading()
    expect(engine.calls.slice(before)).toEqual([])

    await commands.chooseReading('tableSeparator', [';'])
    expect(engine.calls).toContain('read {"tableSeparator":[";"]}')
    expect(reading()).toMatchObject({ busy: false, error: null, answer: { misfit: null } })
    expect(store.getState().data.state).toBe('none')

    await commands.attachReading()
    expect(store.getState()).toMatchObject({ data: { state: 'attached' }, reading: null })
  })

  it('leaves what was attached until the button is pressed, and the panel can be left', async () => {
    const { store, commands, reading } = await withModel(bySemicolon)
    await commands.attachData('mnist')
    await commands.openData(pets)
    expect(reading()).not.toBeNull()
    expect(store.getState().data).toMatchObject({ state: 'attached', data: { id: 'mnist' } })
    commands.closeReading()
    expect(reading()).toBeNull()
    expect(store.getState().data).toMatchObject({ state: 'attached', data: { id: 'mnist' } })
  })

  it('stays while the attached files are read in another way, and goes with files that are new', async () => {
    const { store, commands, reading } = await withModel(
      fitsWhen(({ labelsAre, tableSeparator }) => tableSeparator?.[0] === ';' || !!labelsAre),
    )
    await commands.attachKept({
      kind: 'own',
      files: pets,
      choices: { labelsAre: [] },
      settings: null,
    })
    const others = [new File(['y'], 'others.csv')]
    await commands.openData(others)
    expect(reading()?.title).toBe('others.csv')
    await commands.attachKept({
      kind: 'own',
      files: pets,
      choices: { labelsAre: [], labelColumns: ['a'] },
      settings: null,
    })
    expect(store.getState().data.state).toBe('attached')
    expect(reading()?.title).toBe('others.csv')
    await commands.openData(pets)
    expect(reading()?.title).toBe('pets.csv')
  })

  it('is read once for choices that follow each other; the last one counts', async () => {
    const { engine, commands, reading } = await withModel(bySemicolon)
    await commands.openData(pets)
    const before = engine.calls.length
    void commands.chooseReading('tableSeparator', ['\t'])
    expect(reading()).toMatchObject({ busy: true, choices: { tableSeparator: ['\t'] } })
    // The earlier answer stays meanwhile.
    expect(reading()?.answer?.misfit).toEqual(misfit)
    await commands.chooseReading('labelsAre', ['quantities'])
    expect(engine.calls.slice(before)).toEqual([
      'read {"tableSeparator":["\\t"],"labelsAre":["quantities"]}',
    ])
    await commands.chooseReading('labelsAre', null)
    expect(reading()?.choices).toEqual({ tableSeparator: ['\t'] })
  })

  it('goes back to the answer that is shown when a reading is stopped', async () => {
    const { engine, commands, reading } = await withModel(bySemicolon)
    await commands.openData(pets)
    const before = engine.calls.length
    const choosing = commands.chooseReading('tableSeparator', [';'])
    commands.stopReading()
    await choosing
    expect(engine.calls.slice(before)).toEqual([])
    expect(reading()).toMatchObject({ busy: false, choices: {}, answer: { misfit } })
  })

  it('keeps the earlier answer where choices cannot be read, and says so', async () => {
    let damaged = false
    const { commands, reading } = await withModel({
      ...bySemicolon,
      read: async function* ({ choices }) {
        yield await Promise.resolve({ phase: 'reading' as const, done: 0, total: 1 })
        if (damaged) throw new StudioError('data/is-empty', { file: 'pets.csv' })
        return { reading: tableReading(choices), misfit }
      },
    })
    await commands.openData(pets)
    damaged = true
    await commands.chooseReading('tableSeparator', ['\t'])
    expect(reading()).toMatchObject({ error: { code: 'data/is-empty' }, answer: { misfit } })
  })

  it('says what attaching met where the reading gives no reason', async () => {
    const few = new StudioError('data/too-few', { dataset: 'pets', found: 1, minimum: 2 })
    const { commands, reading } = await withModel({
      openData: async function* () {
        yield await Promise.resolve({ phase: 'reading' as const, done: 0, total: 1 })
        throw few
      },
    })
    await commands.openData(pets)
    expect(reading()).toMatchObject({ error: few.toData(), answer: { misfit: null } })
    await commands.chooseReading('labelsAre', ['quantities'])
    expect(reading()?.error).toBeNull()
    await commands.attachReading()
    expect(reading()?.error).toEqual(few.toData())
  })
})

describe('data before its model', () => {
  it('waits in the panel, and is attached to the model that opens, in the place of built-in data', async () => {
    const { store, engine, commands } = await setUp()
    await commands.addFiles(pets)
    expect(engine.calls).toContain('read {}')
    expect(store.getState()).toMatchObject({ problem: null, reading: { title: 'pets.csv' } })
    await commands.openSample(sample)
    expect(engine.calls).not.toContain('attach mnist')
    expect(store.getState()).toMatchObject({
      data: { state: 'attached', data: { id: 'pets.csv' } },
      reading: null,
    })
  })

  it('that does not fit it stays open with the reason for this model', async () => {
    const { store, commands } = await setUp(bySemicolon)
    await commands.addFiles(pets)
    await commands.openSample(sample)
    expect(store.getState()).toMatchObject({
      data: { state: 'attached', data: { id: 'mnist' } },
      reading: { answer: { misfit } },
    })
    await commands.closeModel()
    expect(store.getState().reading).toBeNull()
  })
})

describe('attached data', () => {
  it('is looked at and read in another way, kept anew, and shown as before', async () => {
    const settings: DataSettings = { task: 'classification', preparation, classMap: null }
    const { store, engine, commands, reading, disk } = await withModel({
      openData: async function* ({ choices }) {
        yield await Promise.resolve({ phase: 'reading' as const, done: 0, total: 1 })
        return dataSummary({ own: ownFacts({ reading: tableReading(choices) }), settings })
      },
      configure: (next) => Promise.resolve(dataSummary({ own: ownFacts(), settings: next })),
    })
    await commands.openData(pets)
    await commands.keepData()
    const bgr = { ...preparation, color: 'bgr' as const }
    await commands.configureData({ ...settings, preparation: bgr })
    commands.openReading()
    expect(reading()).toMatchObject({ busy: false, attachedAs: {}, answer: { misfit: null } })
    const before = engine.calls.length
    await commands.attachReading()
    expect(engine.calls.slice(before)).toEqual([])

    await commands.chooseReading('labelsAre', ['quantities'])
    await commands.attachReading()
    expect(reading()).toBeNull()
    expect(store.getState().data).toMatchObject({ data: { settings: { preparation: bgr } } })
    await vi.waitFor(() => {
      expect(disk.stored).toMatchObject({ choices: { labelsAre: ['quantities'] } })
    })
    // Other files are guessed anew.
    const others = [new File(['y'], 'others.csv')]
    await commands.openData(others)
    commands.openReading()
    expect(reading()).toMatchObject({ choices: {}, attachedAs: {} })
    await commands.detachData()
    expect(reading()).toBeNull()
  })
})

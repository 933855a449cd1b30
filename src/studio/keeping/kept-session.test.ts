// @vitest-environment node
import { get, set } from 'idb-keyval'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openSession, ownData, trained } from '../../../testing/studio/everything-kept'
import {
  freshBrowser,
  heldElsewhere,
  keep,
  leaveBrowser,
  namesListed,
  noSample,
  session,
} from '../../../testing/studio/shared-browser'
import { cutRecord } from '../../../testing/studio/cut-data'
import { defaultRecipe } from '../../techniques/recipe'
import { keepData, loadKeptData } from './kept-data'
import { contentKey } from './content-key'
import { listSessions } from './kept-list'
import { loadSession } from './kept-session'
import { filesTable, sessionsTable, trainedTable } from './kept-table'
import { takeOver } from './older-studio'
import { holdSession, letSessionGo } from './tab-locks'

beforeEach(freshBrowser)
afterEach(leaveBrowser)

describe('sessions of tabs', () => {
  it('are kept side by side, their files once for all, and told apart by what they hold', async () => {
    await keep('a', session('one', 'net'))
    await keep('b', session('two', 'net'))
    await keep('c', session('two', 'net'))
    expect(await filesTable.ids()).toHaveLength(2)
    // The same model left twice is one entry, as it was left last.
    expect(await listSessions()).toMatchObject([
      { id: 'c', name: 'net', bytes: 3, changed: 4000, isCut: false, isOpen: false },
      { id: 'a', name: 'net', bytes: 3, changed: 2000 },
    ])
    const back = await loadSession('a', noSample)
    expect(await back?.session.place.files[0]?.text()).toBe('one')
    expect(back).toMatchObject({ mark: 'mark', lost: [] })
  })

  it('of a tab that lives stay, and are named so; another tab that opens the same model does not end them', async () => {
    await keep('a', session('one'))
    expect(await holdSession('a')).toBe(true)
    await keep('b', session('one'))
    expect(await sessionsTable.ids()).toHaveLength(2)
    expect(await listSessions()).toMatchObject([{ id: 'b', isOpen: true }])
    letSessionGo()
    await holdSession('b')
    expect(await listSessions()).toMatchObject([{ id: 'b', isOpen: true }])
    const free = heldElsewhere('twin')
    expect(await holdSession('twin')).toBe(false)
    free()
  })

  it('come back with way back, teacher, data and case studies', async () => {
    await keepData({ name: 'mine', files: ownData, choices: {}, settings: null }, [])
    await keep('a', openSession)
    const back = await loadSession('a', noSample)
    // One place of the study was gone before.
    expect(back?.lost).toEqual(['stages'])
    const { paths, place, teacher } = back?.session ?? {}
    expect(place).toMatchObject({
      data: { kind: 'own' },
      origin: { cuts: [cutRecord()] },
      wholes: [{ name: 'whole', recipe: defaultRecipe, meaning: 'numbers' }],
    })
    // What was the same is the same again.
    expect(place?.origin?.files).toBe(place?.wholes[0]?.files)
    expect(teacher?.files).toBe(place?.wholes[0]?.files)
    expect(teacher?.inputs).toEqual(['right', 'left'])
    expect(paths?.[0]?.path).toEqual(openSession.paths[0]?.path)
    expect(paths?.[0]?.places[0]?.files).toBe(teacher?.files)
    expect(await listSessions()).toMatchObject([{ name: 'tiny', isCut: true }])
  })

  it('hold own data only where the person asked for it', async () => {
    await keep('a', openSession)
    const back = await loadSession('a', noSample)
    expect(back?.session.place.data).toBeNull()
    expect(back?.lost).toContain('data')
    expect(await filesTable.ids()).toHaveLength(2)
  })

  it.each<[string, (stored: Stored) => object, string[]]>([
    [
      'a way back',
      ({ open }) => ({ open: { ...open, wholes: [{ name: 3 }] } }),
      ['cuts', 'stages'],
    ],
    ['a teacher', () => ({ teacher: { key: 'nobody’s' } }), ['teacher', 'stages']],
    ['inputs of a teacher', () => ({ teacherInputs: [7] }), ['stages']],
    ['a study', () => ({ paths: [{ path: { id: 'x' }, places: [] }] }), ['stages']],
    ['all studies by another arithmetic', () => ({ arithmetic: 1 }), ['stages']],
    [
      'data',
      ({ open }) => ({ open: { ...open, place: { ...open.place, data: { kind: 'own' } } } }),
      ['data', 'stages'],
    ],
    ['settings of training', () => ({ training: 'mine' }), ['stages']],
  ])('%s that is damaged takes nothing else with it', async (_, damage, lost) => {
    await keepData({ name: 'mine', files: ownData, choices: {}, settings: null }, [])
    await keep('a', openSession)
    const stored = (await sessionsTable.get('a')) as Stored
    await sessionsTable.set('a', { ...stored, ...damage(stored) })
    const back = await loadSession('a', noSample)
    expect([...(back?.lost ?? [])].toSorted()).toEqual(lost.toSorted())
    expect(back?.session.place.name).toBe('tiny')
  })

  it.each<[string, object]>([
    ['nobody’s', { version: 1 }],
    ['without a model', { open: { place: 7, wholes: [] } }],
    ['with settings of nobody', { open: { place: { recipe: { steps: 'all' } }, wholes: [] } }],
  ])('%s are nothing, and are not in the list', async (_, damage) => {
    await keep('a', session('one'))
    await keep('b', session('two'))
    await sessionsTable.set('a', { ...((await sessionsTable.get('a')) as object), ...damage })
    expect(await loadSession('a', noSample)).toBeNull()
    expect(await namesListed()).toEqual(['two'])
  })

  it('whose original is gone open without it, and say so', async () => {
    await keep('a', openSession)
    const key = await contentKey(openSession.place.origin?.files ?? [])
    await filesTable.remove(key ?? '')
    const back = await loadSession('a', noSample)
    expect(back?.session.place).toMatchObject({ name: 'tiny', origin: null, wholes: [] })
    expect(back?.lost).toContain('cuts')
  })

  it('of a sample keep no files of it, and ask for them again', async () => {
    const open = session('sample', 'LeNet')
    await keep('a', { ...open, place: { ...open.place, sampleId: 'lenet-5' } })
    expect(await filesTable.ids()).toEqual([])
    expect(await namesListed()).toEqual(['LeNet'])
    const asked = vi.fn(() => Promise.resolve(open.place.files))
    expect((await loadSession('a', asked))?.session.place.files).toBe(open.place.files)
    expect(asked).toHaveBeenCalledWith('lenet-5')
    await expect(loadSession('a', noSample)).rejects.toThrow('no sample')
  })

  it('that were cut from a sample which another build has changed are not compared with that', async () => {
    const { place: whole } = session('sample', 'LeNet')
    const origin = { files: whole.files, cuts: [cutRecord()] }
    const cut = session('cut')
    const before = { ...whole, sampleId: 'lenet-5' }
    await keep('a', { ...cut, place: { ...cut.place, origin, wholes: [before] } })
    const same = () => Promise.resolve(session('sample').place.files)
    expect((await loadSession('a', same))?.lost).toEqual([])
    const other = () => Promise.resolve(session('trained anew').place.files)
    const back = await loadSession('a', other)
    expect(back?.lost).toEqual(['cuts'])
    expect(back?.session.place).toMatchObject({ origin: null, wholes: [] })
    // Alone it is opened as it is now.
    await keep('b', { ...cut, place: { ...before, wholes: [] } })
    expect((await loadSession('b', other))?.lost).toEqual([])
  })
})

interface Stored {
  readonly open: { readonly place: object }
}

describe('data that is kept', () => {
  it('belongs to its model, and is otherwise what was kept last', async () => {
    const other = [new File(['3,4'], 'other.csv')]
    const [a, b] = [session('a').place.files, session('b').place.files]
    await keepData({ name: 'for a', files: ownData, choices: {}, settings: null }, a)
    vi.setSystemTime(5000)
    await keepData({ name: 'for b', files: other, choices: {}, settings: null }, b)
    expect((await loadKeptData(a))?.name).toBe('for a')
    expect((await loadKeptData(b))?.name).toBe('for b')
    expect((await loadKeptData([]))?.name).toBe('for b')
  })

  it('is told apart by the folders that its files lie in', async () => {
    const inFolder = (path: string) => [
      Object.defineProperty(new File(['1'], 'a.png'), 'webkitRelativePath', { value: path }),
    ]
    for (const name of ['cat', 'dog'])
      await keepData(
        { name, files: inFolder(`${name}/a.png`), choices: {}, settings: null },
        session(name).place.files,
      )
    expect((await loadKeptData(session('cat').place.files))?.name).toBe('cat')
  })
})

describe('what an older studio left', () => {
  it('is taken over once: the model with its settings, data, weights', async () => {
    const files = [{ path: 'model.json', blob: new Blob(['old']) }]
    await set('compression-studio.model', { name: 'old', files, datasetId: 'mnist' })
    await set('compression-studio.data', {
      name: 'mine',
      files,
      labelColumns: null,
      settings: null,
    })
    await set('compression-studio.trained', [trained])
    const text = JSON.stringify({
      version: 1,
      modelName: 'old',
      sampleId: null,
      recipe: { ...defaultRecipe, seed: 7 },
    })
    const texts = new Map([['compression-studio.session', text]])
    const storage = {
      getItem: (key: string) => texts.get(key) ?? null,
      removeItem: (key: string) => void texts.delete(key),
    }
    expect(await takeOver(storage)).toBe(false)
    const [entry] = await listSessions()
    expect(entry).toMatchObject({ name: 'old', recipe: { seed: 7 } })
    const back = await loadSession(entry?.id ?? '', noSample)
    expect(back?.session.place).toMatchObject({
      data: { kind: 'builtIn', datasetId: 'mnist' },
      files: [{ name: 'model.json' }],
    })
    expect(await loadKeptData(back?.session.place.files ?? [])).toMatchObject({ name: 'mine' })
    expect(await trainedTable.ids()).toEqual([trained.id])
    expect(await get('compression-studio.model')).toBeUndefined()
    expect(texts.size).toBe(0)
    await takeOver(storage)
    expect(await listSessions()).toHaveLength(1)
  })

  it('and nobody can read is let go; a run that cannot go on is told', async () => {
    await set('compression-studio.model', 'mine')
    await set('compression-studio.run', { modelName: 'x' })
    await set('compression-studio.run.checkpoint', { epoch: 1 })
    const storage = { getItem: () => null, removeItem: () => undefined }
    expect(await takeOver(storage)).toBe(true)
    expect(await get('compression-studio.run')).toBeUndefined()
    expect(await takeOver(storage)).toBe(false)
  })
})

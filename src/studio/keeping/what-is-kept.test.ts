// @vitest-environment node
import 'fake-indexeddb/auto'
import { readFileSync, readdirSync } from 'node:fs'
import { clear, createStore, del, entries, get, set } from 'idb-keyval'
import type { UseStore } from 'idb-keyval'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { accuracy } from '../../../testing/studio/test-data'
import { ARITHMETIC_VERSION, isOfThisArithmetic } from '../../core/arithmetic-version'
import { defaultRecipe } from '../../techniques/recipe'
import { defaultTrainingSettings } from '../../training/training-settings'
import { effectKey } from '../store/recipe-slice'
import * as data from './kept-data'
import * as history from './kept-history'
import * as model from './kept-model'
import * as run from './kept-run'
import * as session from './kept-session'

const trained = { id: 'a'.repeat(64), weights: new Blob(['w']), history: [] }
const point = {
  key: effectKey(defaultRecipe),
  recipe: defaultRecipe,
  size: { zipped: 7, reportBytes: 2 },
  measure: { ...accuracy(90), confusion: null },
}
const found = {
  snapshots: [{ name: 'mine', recipe: defaultRecipe }],
  onData: { one: { tried: [point, point], testLooks: 2 }, two: { tried: [point], testLooks: 0 } },
}
/** As it comes back. */
const readable = { ...found, leftOut: 0, unreadable: 0 }
const halfByte = { ...point, size: { zipped: 0.5, reportBytes: 0 } }
const files = [new File(['{}'], 'model.json')]
const ground: run.RunGround = {
  modelName: 'tiny',
  sampleId: null,
  files,
  data: { kind: 'own', files, choices: {}, settings: null },
  recipe: defaultRecipe,
  settings: defaultTrainingSettings,
  trained,
  teacher: files,
}

/** localStorage, where the page keeps text. */
const texts = new Map<string, string>()
const storage = {
  getItem: (key: string) => texts.get(key) ?? null,
  setItem: (key: string, value: string) => void texts.set(key, value),
  removeItem: (key: string) => void texts.delete(key),
}
const histories: UseStore = createStore('compression-studio-history', 'models')

/**
 * Everything that the browser keeps, by who keeps it. Figures, and what goes on to figures, carry the version
 * of the arithmetic; the rest holds under any: a person's files and settings, and weights, which are like a
 * file's.
 */
const places = {
  'run.keepRunGround': { key: 'compression-studio.run', carries: true },
  'run.keepCheckpoint': { key: 'compression-studio.run.checkpoint', carries: true },
  'history.saveHistory': { key: 'model-a', carries: true },
  'run.keepTrained': { key: 'compression-studio.trained', carries: false },
  'model.keepModel': { key: 'compression-studio.model', carries: false },
  'data.keepData': { key: 'compression-studio.data', carries: false },
  'session.keepSession': { key: 'compression-studio.session', carries: false },
  'session.keepReportPlace': { key: 'compression-studio.report', carries: false },
  'session.keepTrainingSettings': { key: 'compression-studio.training', carries: false },
} as const

async function keepEverything(): Promise<void> {
  await run.keepRunGround(ground)
  await run.keepCheckpoint({ epoch: 3, file: new Blob(['c']) })
  await run.keepTrained(trained)
  await history.saveHistory('model-a', found)
  await model.keepModel({ name: 'tiny', files, datasetId: null })
  await data.keepData({ name: 'mine', files, choices: {}, settings: null })
  session.keepSession(storage, { modelName: 'tiny', sampleId: null, recipe: defaultRecipe })
  session.keepTrainingSettings(storage, defaultTrainingSettings)
  session.keepReportPlace(storage, 'apart')
}

/** All that is kept, in three places. */
async function everything(): Promise<Map<string, unknown>> {
  return new Map<string, unknown>([
    ...(await entries<string, unknown>()),
    ...(await entries<string, unknown>(histories)),
    ...[...texts].map(([key, text]): [string, unknown] => [key, JSON.parse(text)]),
  ])
}

const others = [
  ['no version', undefined],
  ['an older one', 1],
  ['a newer one', ARITHMETIC_VERSION + 1],
  ['a wrong one', String(ARITHMETIC_VERSION)],
] as const

/** What is kept under a key, as if another build had kept it. */
async function changeVersion(key: string, arithmetic: unknown, store?: UseStore): Promise<void> {
  const { arithmetic: _, ...kept } = (await get(key, store)) as Record<string, unknown>
  await set(key, arithmetic === undefined ? kept : { ...kept, arithmetic }, store)
}

beforeEach(async () => {
  vi.stubGlobal('navigator', { locks: { query: () => Promise.resolve({ held: [] }) } })
  await clear()
  await clear(histories)
  texts.clear()
  await keepEverything()
})

describe('everything that is kept', () => {
  it('is in the table, and carries the version where figures depend on it', async () => {
    const kept = await everything()
    expect([...kept.keys()].toSorted()).toEqual(
      Object.values(places)
        .map(({ key }) => key)
        .toSorted(),
    )
    for (const { key, carries } of Object.values(places))
      expect([key, isOfThisArithmetic(kept.get(key))]).toEqual([key, carries])
  })

  it('is kept by functions of the table alone', () => {
    const modules = { run, history, model, data, session }
    const keepers = Object.entries(modules).flatMap(([name, module]) =>
      Object.keys(module)
        .filter((key) => /^(?:keep|save)/.test(key))
        .map((key) => `${name}.${key}`),
    )
    expect(keepers.toSorted()).toEqual(Object.keys(places).toSorted())
    // Beside them the product writes the language, and a tab's own mark that a model was open in it.
    const writers = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
      (path) =>
        /\.tsx?$/.test(path) &&
        !path.includes('.test.') &&
        /from 'idb-keyval'|\.setItem\(|indexedDB\.|getDirectory\(|caches\.open\(/.test(
          readFileSync(`src/${path}`, 'utf8'),
        ),
    )
    const names = Object.keys(modules).map((name) => `keeping/kept-${name}.ts`)
    expect(writers.map((path) => path.replace('studio/', '')).toSorted()).toEqual(
      [...names, 'keeping/page-address.ts', 'i18n/languages.ts'].toSorted(),
    )
  })
})

describe('points', () => {
  it('come back with names and looks where this arithmetic computed them', async () => {
    expect(await history.loadHistory('model-a')).toEqual(readable)
  })

  it.each(others)('with %s are counted and deleted; names and looks stay', async (_, version) => {
    await changeVersion('model-a', version, histories)
    await history.saveHistory('model-b', found)
    const bare = {
      snapshots: found.snapshots,
      onData: { one: { tried: [], testLooks: 2 }, two: { tried: [], testLooks: 0 } },
    }
    const left = { ...bare, leftOut: 3, unreadable: 0 }
    expect(await history.loadHistory('model-a')).toEqual(left)
    expect(await get('model-a', histories)).toMatchObject(bare)
    expect(await history.loadHistory('model-a')).toEqual({ ...left, leftOut: 0 })
    expect(await history.loadHistory('model-b')).toEqual(readable)
  })

  it('are told by one of two who look at the same time', async () => {
    await changeVersion('model-a', 1, histories)
    const both = await Promise.all([1, 2].map(() => history.loadHistory('model-a')))
    expect(both.map(({ leftOut }) => leftOut).toSorted()).toEqual([0, 3])
  })

  const { one, two } = found.onData
  const nothing = { snapshots: [], onData: {}, leftOut: 0 }
  it.each<[string, object, object, number]>([
    ['no date', { changed: NaN }, {}, 0],
    ['a date in words', { changed: 'today' }, {}, 0],
    [
      'a count below zero',
      { onData: { one: { ...one, testLooks: -5 }, two } },
      {
        onData: { one: { ...one, testLooks: 0 }, two },
      },
      1,
    ],
    [
      'data that is a number',
      { onData: { one: 7, two } },
      {
        onData: { one: { tried: [], testLooks: 0 }, two },
      },
      1,
    ],
    [
      'points in words',
      { onData: { one: { ...one, tried: 'all' }, two } },
      {
        onData: { one: { ...one, tried: [] }, two },
      },
      1,
    ],
    [
      'a point of half a byte',
      { onData: { one: { ...one, tried: [halfByte, point] }, two } },
      {
        onData: { one: { ...one, tried: [point] }, two },
      },
      1,
    ],
    ['a name without settings', { snapshots: [{ name: 'x' }, 3, ...found.snapshots] }, {}, 2],
    ['names in words', { snapshots: 'mine' }, { snapshots: [] }, 1],
    ['data in words', { onData: 'everything' }, { onData: {} }, 1],
  ])(
    '%s: what is damaged is counted, and takes nothing with it',
    async (_, damage, left, unreadable) => {
      for (const arithmetic of [ARITHMETIC_VERSION, 1]) {
        const kept = (await get('model-a', histories)) as object
        await set('model-a', { ...kept, arithmetic, ...damage }, histories)
        const loaded = await history.loadHistory('model-a')
        const { onData, snapshots } = { ...found, ...left }
        if (arithmetic === ARITHMETIC_VERSION)
          expect(loaded).toEqual({ snapshots, onData, leftOut: 0, unreadable })
        // What is damaged does not pass for points of another arithmetic, nor hides them.
        else expect(loaded.snapshots).toEqual(snapshots)
        await keepEverything()
      }
    },
  )

  it('in a form that is nobody’s are counted as one', async () => {
    await set('model-a', 'everything', histories)
    expect(await history.loadHistory('model-a')).toEqual({ ...nothing, unreadable: 1 })
  })
})

describe('a run that did not end', () => {
  it('comes back where this arithmetic began it', async () => {
    expect(await run.loadInterruptedRun()).toMatchObject({
      modelName: 'tiny',
      settings: defaultTrainingSettings,
      checkpoint: { epoch: 3 },
    })
  })

  const parts = ['compression-studio.run', 'compression-studio.run.checkpoint'] as const
  it.each(parts.flatMap((part) => others.map((other) => [part, ...other] as const)))(
    'is deleted where %s has %s, and told once; all else is left',
    async (part, _, version) => {
      await changeVersion(part, version)
      expect(await run.loadInterruptedRun()).toBe('leftOut')
      const keys = [...(await everything()).keys()]
      const left = Object.values(places).filter(({ key }) => !parts.some((gone) => gone === key))
      expect(keys.toSorted()).toEqual(left.map(({ key }) => key).toSorted())
      expect(await run.loadInterruptedRun()).toBeNull()
    },
  )

  it('of another arithmetic is nobody’s loss before its first epoch has ended', async () => {
    await del('compression-studio.run.checkpoint')
    await changeVersion('compression-studio.run', 1)
    expect(await run.loadInterruptedRun()).toBeNull()
    expect(await get('compression-studio.run')).toBeUndefined()
  })

  it('is left alone while another page is at it', async () => {
    await changeVersion('compression-studio.run', 1)
    const held = [{ name: 'compression-studio.run' }]
    vi.stubGlobal('navigator', { locks: { query: () => Promise.resolve({ held }) } })
    expect(await run.loadInterruptedRun()).toBeNull()
    expect(await get('compression-studio.run')).toMatchObject({ modelName: 'tiny' })
  })

  it('is offered once the page that was closed has let go of it', async () => {
    const looks = [[{ name: 'compression-studio.run' }], []]
    const query = () => Promise.resolve({ held: looks.shift() ?? [] })
    vi.stubGlobal('navigator', { locks: { query } })
    expect(await run.loadInterruptedRun()).toMatchObject({ modelName: 'tiny' })
  })
})

describe('what holds under any version', () => {
  it('comes back as it was kept', async () => {
    expect(await model.loadKeptModel()).toMatchObject({ name: 'tiny' })
    expect(await data.loadKeptData()).toMatchObject({ name: 'mine' })
    expect(session.loadKeptSession(storage)?.recipe).toEqual(defaultRecipe)
    expect(session.loadTrainingSettings(storage)).toEqual(defaultTrainingSettings)
    expect(session.loadReportPlace(storage)).toBe('apart')
  })

  it('trained weights say by which arithmetic; those that do not are of the first', async () => {
    const record = {
      recipe: defaultRecipe,
      settings: defaultTrainingSettings,
      epoch: 1,
      data: { name: 'mine', hash: null },
      backend: 'wasm',
    }
    const newer = { ...record, arithmetic: ARITHMETIC_VERSION + 1 }
    await set('compression-studio.trained', [{ ...trained, history: [record, newer] }])
    const { history: runs } = (await run.loadTrained(trained.id)) ?? { history: [] }
    expect(runs).toEqual([{ ...record, arithmetic: 1 }, newer])
  })
})

// @vitest-environment node
import { readFileSync, readdirSync } from 'node:fs'
import { del, get, set } from 'idb-keyval'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import {
  changeVersion,
  everything,
  keepOnlyEverything,
  openSession,
  others,
  ownData,
  places,
  storage,
  trained,
} from '../../../testing/studio/everything-kept'
import { fakeLocks } from '../../../testing/studio/fake-locks'
import { cutRecord } from '../../../testing/studio/cut-data'
import { ARITHMETIC_VERSION, isOfThisArithmetic } from '../../core/arithmetic-version'
import { defaultRecipe } from '../../techniques/recipe'
import { defaultTrainingSettings } from '../../training/training-settings'
import * as data from './kept-data'
import * as history from './kept-history'
import * as room from './kept-room'
import * as run from './kept-run'
import * as sensitivity from './kept-sensitivity'
import * as session from './kept-session'
import * as settings from './kept-settings'
import * as weights from './kept-trained'

beforeEach(async () => {
  vi.stubGlobal('navigator', { locks: fakeLocks() })
  await keepOnlyEverything()
})

const noSample = () => Promise.reject(new Error('no sample'))

async function keyIn(prefix: string): Promise<string> {
  const all = [...(await everything()).keys()]
  return all.find((key) => key.startsWith(prefix)) ?? ''
}

async function filesKept(): Promise<string[]> {
  const all = [...(await everything())].filter(([key]) =>
    key.startsWith('compression-studio.files/'),
  )
  return all
    .flatMap(([, stored]) =>
      (stored as { files: { path: string }[] }).files.map(({ path }) => path),
    )
    .toSorted()
}

/** What looks again and again, on a clock that goes as fast as the store answers. */
async function inNoTime<T>(ask: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const waiting = new Set([true])
    const answer = ask().finally(() => {
      waiting.clear()
    })
    while (waiting.size > 0) {
      await vi.advanceTimersByTimeAsync(10)
      await new Promise((resolve) => setImmediate(resolve))
    }
    return await answer
  } finally {
    vi.useRealTimers()
  }
}

describe('everything that is kept', () => {
  it('is in the table, and carries the version where figures depend on it', async () => {
    const kept = [...(await everything())]
    const all = Object.values(places)
    for (const { carries, prefix } of all) {
      const own = kept.filter(([key]) => key.startsWith(prefix))
      expect([prefix, own.length > 0]).toEqual([prefix, true])
      for (const [key, value] of own)
        expect([key, isOfThisArithmetic(value)]).toEqual([key, carries])
    }
    for (const [key] of kept)
      expect([key, all.some(({ prefix }) => key.startsWith(prefix))]).toEqual([key, true])
  })

  it('is kept by functions of the table alone', () => {
    const modules = { run, history, data, sensitivity, session, settings, trained: weights, room }
    const keepers = Object.entries(modules).flatMap(([name, module]) =>
      Object.keys(module)
        .filter((key) => /^(?:keep|save|write(?!t))/.test(key))
        .map((key) => `${name}.${key}`),
    )
    expect(keepers.toSorted()).toEqual(Object.keys(places).toSorted())
    // Beside them the product writes the language, a tab's own mark of what is open in it, and how long the list is.
    const writers = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
      (path) =>
        /\.tsx?$/.test(path) &&
        !path.includes('.test.') &&
        /from 'idb-keyval'|\.setItem\(|indexedDB\.|getDirectory\(|caches\.open\(/.test(
          readFileSync(`src/${path}`, 'utf8'),
        ),
    )
    const names = ['table', 'room', 'history', 'look', 'settings', 'cores'].map(
      (name) => `keeping/kept-${name}.ts`,
    )
    expect(writers.map((path) => path.replace('studio/', '')).toSorted()).toEqual(
      [
        ...names,
        ...['keeping/older-studio.ts', 'keeping/tab-mark.ts', 'keeping/list-space.ts'],
        // Only asks whether there is a database.
        'keeping/is-anything-kept.ts',
        'i18n/languages.ts',
      ].toSorted(),
    )
  })
})

describe('a run that did not end', () => {
  it('comes back where this arithmetic began it, with all that its model came from', async () => {
    const found = await run.loadInterruptedRun()
    expect(found).toMatchObject({
      modelName: 'tiny',
      settings: defaultTrainingSettings,
      checkpoint: { epoch: 3 },
    })
    if (found === null || found === 'leftOut') throw new Error('not found')
    expect(await found.bringsDataOf(openSession.place.files)).toBe(true)
    expect(await found.bringsDataOf([new File(['other'], 'model.json')])).toBe(false)
    const { lost, session: back } = (await found.load(noSample)) ?? {}
    expect(lost).toEqual(['stages'])
    expect(back?.place).toMatchObject({
      data: { kind: 'own', files: [{ name: 'mine.csv' }] },
      origin: { files: [{ name: 'whole.json' }], cuts: [cutRecord()] },
      wholes: [{ name: 'whole' }],
    })
    expect(back?.teacher).toMatchObject({
      files: [{ name: 'whole.json' }],
      inputs: ['right', 'left'],
    })
  })

  const parts = ['compression-studio.runs/', 'compression-studio.checkpoints/'] as const
  it.each(parts.flatMap((part) => others.map((other) => [part, ...other] as const)))(
    'is deleted where %s has %s, and told once; all else is left',
    async (part, _, version) => {
      await changeVersion(await keyIn(part), version)
      expect(await run.loadInterruptedRun()).toBe('leftOut')
      const keys = [...(await everything()).keys()]
      for (const { prefix } of Object.values(places))
        expect([prefix, keys.some((key) => key.startsWith(prefix))]).toEqual([
          prefix,
          !parts.some((gone) => gone === prefix),
        ])
      expect(await run.loadInterruptedRun()).toBeNull()
    },
  )

  it('of another arithmetic is nobody’s loss before its first epoch has ended', async () => {
    await del(await keyIn('compression-studio.checkpoints/'))
    const key = await keyIn('compression-studio.runs/')
    await changeVersion(key, 1)
    expect(await run.loadInterruptedRun()).toBeNull()
    expect(await get(key)).toBeUndefined()
  })

  it('is not written before its first checkpoint, and then with its data', async () => {
    await run.forgetRun()
    await data.forgetKeptData([], ownData)
    const before = [...(await everything()).keys()]
    const ground = { recipe: defaultRecipe, settings: defaultTrainingSettings, trained: null }
    await run.keepRunGround({ ...ground, session: openSession })
    expect([...(await everything()).keys()]).toEqual(before)
    await run.keepCheckpoint({ epoch: 1, file: new Blob(['c']) })
    expect(await filesKept()).toContain('mine.csv')
    await run.forgetRun()
    expect([...(await everything()).keys()]).toEqual(before)
    // A word that comes after the end.
    await run.keepCheckpoint({ epoch: 2, file: new Blob(['c']) })
    expect([...(await everything()).keys()]).toEqual(before)
  })

  it('is removed with its data where its page was closed before a checkpoint', async () => {
    await data.forgetKeptData([], ownData)
    expect(await filesKept()).toContain('mine.csv')
    await del(await keyIn('compression-studio.checkpoints/'))
    expect(await run.loadInterruptedRun()).toBeNull()
    expect(await keyIn('compression-studio.runs/')).toBe('')
    expect(await filesKept()).not.toContain('mine.csv')
  })

  it('is left alone while another page is at it', async () => {
    const key = await keyIn('compression-studio.runs/')
    await changeVersion(key, 1)
    void run.whileTraining(() => new Promise(() => undefined))
    expect(await inNoTime(run.loadInterruptedRun)).toBeNull()
    expect(await get(key)).toMatchObject({ recipe: defaultRecipe })
  })

  it('that has failed is offered once its page is closed, and not before', async () => {
    const failed = run.whileTraining(() => Promise.reject(new Error('failed')))
    await expect(failed).rejects.toThrow('failed')
    expect(await inNoTime(run.loadInterruptedRun)).toBeNull()
    const offered = inNoTime(() => {
      // Its locks end with a page.
      setTimeout(() => vi.stubGlobal('navigator', { locks: fakeLocks() }), 300)
      return run.loadInterruptedRun()
    })
    expect(await offered).toMatchObject({ modelName: 'tiny' })
  })

  it('can be thrown away, with its own data, and nothing else goes', async () => {
    await data.forgetKeptData([], ownData)
    await run.loadInterruptedRun()
    await run.dismissRun()
    expect(await run.loadInterruptedRun()).toBeNull()
    const names = await filesKept()
    expect(names).toEqual(['model.json', 'whole.json'])
  })
})

describe('what holds under any version', () => {
  it('comes back as it was kept', async () => {
    expect(await data.loadKeptData([])).toMatchObject({ name: 'mine' })
    expect(settings.loadTrainingSettings(storage)).toEqual(defaultTrainingSettings)
    expect(settings.loadReportPlace(storage)).toBe('apart')
    expect(settings.loadWantedVariants(storage)).toEqual({ wants: true, chosen: ['q4'] })
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
    await set(`compression-studio.trained/${trained.id}`, {
      ...trained,
      history: [record, newer],
    })
    const { history: runs } = (await weights.loadTrained(trained.id)) ?? { history: [] }
    expect(runs).toMatchObject([{ ...record, arithmetic: 1 }, newer])
  })
})

// @vitest-environment node
import { readFileSync, readdirSync } from 'node:fs'
import { del, get, set } from 'idb-keyval'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import {
  changeVersion,
  everything,
  keepOnlyEverything,
  others,
  places,
  storage,
  trained,
} from '../../../testing/studio/everything-kept'
import { cutRecord } from '../../../testing/studio/cut-data'
import { ARITHMETIC_VERSION, isOfThisArithmetic } from '../../core/arithmetic-version'
import { defaultRecipe } from '../../techniques/recipe'
import { defaultTrainingSettings } from '../../training/training-settings'
import * as data from './kept-data'
import * as history from './kept-history'
import * as model from './kept-model'
import * as run from './kept-run'
import * as session from './kept-session'

beforeEach(async () => {
  vi.stubGlobal('navigator', { locks: { query: () => Promise.resolve({ held: [] }) } })
  await keepOnlyEverything()
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

describe('a run that did not end', () => {
  it('comes back where this arithmetic began it', async () => {
    expect(await run.loadInterruptedRun()).toMatchObject({
      modelName: 'tiny',
      origin: { files: [{ name: 'whole.json' }], cuts: [cutRecord()] },
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
    expect(await model.loadKeptModel()).toMatchObject({
      name: 'tiny',
      origin: { files: [{ name: 'whole.json' }], cuts: [cutRecord()] },
      meaning: 'numbers',
      outputNames: ['a', 'b'],
    })
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

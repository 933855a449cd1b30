// @vitest-environment node
import { get, set } from 'idb-keyval'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import {
  changeVersion,
  found,
  histories,
  keepEverything,
  keepOnlyEverything,
  others,
  point,
} from '../../../testing/studio/everything-kept'
import { fakeLocks } from '../../../testing/studio/fake-locks'
import { ARITHMETIC_VERSION } from '../../core/arithmetic-version'
import * as history from './kept-history'

/** As it comes back. */
const readable = { ...found, leftOut: 0, unreadable: 0 }
const halfByte = { ...point, size: { zipped: 0.5, reportBytes: 0 } }

beforeEach(async () => {
  vi.stubGlobal('navigator', { locks: fakeLocks() })
  await keepOnlyEverything()
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
      candidates: found.candidates,
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
  const [first] = found.candidates
  const { result } = first ?? {}
  const { answers } = result ?? {}
  const nothing = { snapshots: [], candidates: [], onData: {}, leftOut: 0 }
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
    [
      'a search without a goal',
      { onData: { one: { ...one, search: { base: {}, best: null, done: 1, total: 2 } }, two } },
      { onData: { one: { tried: one.tried, testLooks: one.testLooks }, two } },
      1,
    ],
    ['a name without settings', { snapshots: [{ name: 'x' }, 3, ...found.snapshots] }, {}, 2],
    ['pinned settings in words', { candidates: 'mine' }, { candidates: [] }, 1],
    [
      'pinned settings without a letter, and the same twice',
      { candidates: [{ ...first, letter: 'E' }, ...found.candidates, first] },
      {},
      2,
    ],
    [
      'figures with too few answers',
      { candidates: [{ ...first, result: { ...result, answers: { ...answers, samples: 9 } } }] },
      { candidates: [{ ...first, result: null }] },
      0,
    ],
    ['names in words', { snapshots: 'mine' }, { snapshots: [] }, 1],
    ['data in words', { onData: 'everything' }, { onData: {} }, 1],
  ])(
    '%s: what is damaged is counted, and takes nothing with it',
    async (_, damage, left, unreadable) => {
      for (const arithmetic of [ARITHMETIC_VERSION, 1]) {
        const kept = (await get('model-a', histories)) as object
        await set('model-a', { ...kept, arithmetic, ...damage }, histories)
        const loaded = await history.loadHistory('model-a')
        const { candidates, onData, snapshots } = { ...found, ...left }
        if (arithmetic === ARITHMETIC_VERSION)
          expect(loaded).toEqual({ snapshots, candidates, onData, leftOut: 0, unreadable })
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

describe('pinned settings', () => {
  it.each(others)(
    'whose figures have %s come back without them, and say so',
    async (_, version) => {
      const [first, second] = found.candidates
      const result = { ...first?.result, arithmetic: version }
      const kept = [{ ...first, result }, second] as unknown as typeof found.candidates
      await history.saveHistory('model-a', { ...found, candidates: kept })
      const left = [{ ...first, result: null, isOfOtherArithmetic: version !== undefined }, second]
      // Without a version they are damaged: measured anew, and nobody's loss.
      expect((await history.loadHistory('model-a')).candidates).toEqual(left)
      await history.saveHistory('model-a', await history.loadHistory('model-a'))
      expect((await history.loadHistory('model-a')).candidates).toEqual(left)
    },
  )
})

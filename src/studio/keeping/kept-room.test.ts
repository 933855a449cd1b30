// @vitest-environment node
import { IDBObjectStore } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { found, openSession, ownData, trained } from '../../../testing/studio/everything-kept'
import {
  browser,
  freshBrowser,
  heldElsewhere,
  keep,
  leaveBrowser,
  namesListed,
  noSample,
  session,
} from '../../../testing/studio/shared-browser'
import { cutRecord } from '../../../testing/studio/cut-data'
import { defaultTrainingSettings } from '../../training/training-settings'
import { withCandidate } from '../store/candidates-slice'
import { defaultRecipe } from '../../techniques/recipe'
import { contentKey } from './content-key'
import { keepData, loadKeptData } from './kept-data'
import { loadHistory, saveHistory } from './kept-history'
import { forgetSession, forgetSessions, listSessions } from './kept-list'
import { keepCheckpoint, keepRunGround, whileTraining } from './kept-run'
import { loadSession } from './kept-session'
import { checkpointsTable, filesTable, runsTable, sessionsTable, trainedTable } from './kept-table'
import { keepTrained } from './kept-trained'
import { NotKept } from './not-kept'

beforeEach(freshBrowser)
afterEach(leaveBrowser)

describe('room', () => {
  it('is for twenty sessions and a list of five; the oldest go, but none that is open', async () => {
    const free = heldElsewhere('s0')
    for (let at = 0; at < 22; at++) await keep(`s${at}`, session(`model ${at}`))
    const left = await sessionsTable.ids()
    expect(left).toHaveLength(20)
    expect(left).toContain('s0')
    expect(left).not.toContain('s1')
    expect(await filesTable.ids()).toHaveLength(20)
    expect(await namesListed()).toEqual([21, 20, 19, 18, 17].map((at) => `model ${at}`))
    free()
  })

  it('is made where the browser says it is short: the oldest goes, never one that is open', async () => {
    await keep('a', session('a'.repeat(600)))
    await keep('b', session('b'.repeat(600)))
    await keep('c', session('c'.repeat(600)))
    const free = heldElsewhere('a')
    browser.room = { quota: 2000, usage: 1800 }
    await keep('d', session('d'.repeat(600)))
    expect((await sessionsTable.ids()).toSorted()).toEqual(['a', 'c', 'd'])
    free()
  })

  it('that is not enough is told with figures, and nothing goes for what does not fit all the same', async () => {
    await keep('small', session('one'))
    browser.room = { quota: 1000, usage: 900 }
    await expect(keep('a', session('a'.repeat(600)))).rejects.toMatchObject({
      why: { kind: 'full', needed: 600, free: 100 },
    })
    expect(await sessionsTable.ids()).toEqual(['small'])
  })

  it('a browser that refuses all the same is asked again with the oldest gone, then told, never without a reason', async () => {
    await keep('a', session('one'))
    const put = vi.spyOn(IDBObjectStore.prototype, 'put')
    const refuse = () => {
      throw new DOMException('', 'QuotaExceededError')
    }
    put.mockImplementationOnce(refuse)
    await keep('b', session('two'))
    expect(await sessionsTable.ids()).toEqual(['b'])
    put.mockImplementation(refuse)
    browser.room = { quota: 50, usage: 20 }
    await expect(keep('c', session('three'))).rejects.toMatchObject({
      why: { kind: 'full', needed: 5, free: null },
    })
  })

  it.each([
    [new DOMException('', 'SecurityError'), { kind: 'forbidden' }],
    [new DOMException('', 'InvalidStateError'), { kind: 'forbidden' }],
    [new DOMException('', 'UnknownError'), { kind: 'failed', reason: 'UnknownError' }],
    [new Error(''), { kind: 'failed', reason: 'Error' }],
  ])('%s has a reason', async (thrown, why) => {
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw thrown
    })
    await expect(keep('a', session('one'))).rejects.toMatchObject({ why })
  })

  it('is made for weights of a run too, and told with their size where there is none', async () => {
    const weights = { ...trained, weights: new Blob(['w'.repeat(600)]) }
    await keep('a', session('a'.repeat(600)))
    browser.room = { quota: 1000, usage: 700 }
    await keepTrained(weights)
    expect(await sessionsTable.ids()).toEqual([])
    browser.room = { quota: 1000, usage: 900 }
    await expect(keepTrained(weights)).rejects.toMatchObject({
      why: { kind: 'full', needed: 600, free: 100 },
    })
  })

  it('is not for a model that is larger than all that is kept', async () => {
    const open = session('large')
    const [file] = open.place.files
    if (file !== undefined) Object.defineProperty(file, 'size', { value: 2 ** 31 + 1 })
    await expect(keep('a', open)).rejects.toBeInstanceOf(NotKept)
    await expect(keep('a', open)).rejects.toMatchObject({
      why: { kind: 'tooLarge', most: 2 ** 31 },
    })
  })

  it('for the model alone keeps it without what it came from, and says what is missing', async () => {
    const whole = [new File(['w'.repeat(600)], 'whole.json')]
    const { place } = session('small', 'net')
    const before = { ...place, name: 'whole', files: whole }
    browser.room = { quota: 1000, usage: 900 }
    const kept = await keep('a', {
      ...session('small', 'net'),
      place: { ...place, wholes: [before] },
      teacher: { files: whole, inputs: null },
    })
    expect(kept).toMatchObject({
      left: ['cuts', 'teacher'],
      why: { kind: 'full', needed: 605, free: 100 },
    })
    const back = await loadSession('a', noSample)
    expect(back?.lost).toEqual(['cuts', 'teacher'])
    expect(back?.session.place).toMatchObject({ name: 'net', wholes: [] })
  })

  it('outside https there is nothing that files could be found by, and that is the reason', async () => {
    vi.stubGlobal('crypto', { getRandomValues: () => new Uint8Array(16) })
    await expect(keep('a', session('one'))).rejects.toMatchObject({ why: { kind: 'insecure' } })
    vi.unstubAllGlobals()
  })
})

describe('forgetting', () => {
  it('takes files, points and the data that was kept with a model, and nothing that another one names', async () => {
    const mine = session('mine')
    const other = session('other')
    const key = (await contentKey(mine.place.files)) ?? ''
    const otherKey = (await contentKey(other.place.files)) ?? ''
    for (const one of [key, otherKey]) await saveHistory(one, found)
    await keepData({ name: 'own', files: ownData, choices: {}, settings: null }, mine.place.files)
    await keep('a', mine)
    await keep('b', other)
    await forgetSession('a')
    expect(await namesListed()).toEqual(['other'])
    expect(await filesTable.ids()).toEqual([otherKey])
    expect((await loadHistory(key)).snapshots).toEqual([])
    expect((await loadHistory(otherKey)).snapshots).toHaveLength(1)
    expect(await loadKeptData(mine.place.files)).toBeNull()
    await forgetSessions()
    expect(await namesListed()).toEqual([])
    expect(await filesTable.ids()).toEqual([])
    expect((await loadHistory(otherKey)).snapshots).toEqual([])
  })

  it('is warned of where a tab has the model open under another entry', async () => {
    await keep('a', session('mine'))
    const free = heldElsewhere('a')
    await keep('b', session('mine'))
    expect(await listSessions()).toMatchObject([{ id: 'b', isOpen: true }])
    free()
    await Promise.resolve()
    expect(await listSessions()).toMatchObject([{ id: 'b', isOpen: false }])
  })

  it('takes a run that has not ended with its model, unless a page is at it', async () => {
    const ground = { recipe: defaultRecipe, settings: defaultTrainingSettings, trained: null }
    await keep('a', session('mine'))
    await keepRunGround({ ...ground, session: session('mine') })
    await keepCheckpoint({ epoch: 1, file: new Blob(['c']) })
    const ended = whileTraining(async () => {
      await forgetSession('a')
      expect(await runsTable.ids()).toHaveLength(1)
      expect(await filesTable.ids()).toHaveLength(1)
      await keep('a', session('mine'))
    })
    await ended
    await forgetSession('a')
    expect([await runsTable.ids(), await checkpointsTable.ids()]).toEqual([[], []])
    expect(await filesTable.ids()).toEqual([])
  })

  it('keeps the points of a whole model for as long as the model itself is kept', async () => {
    const whole = session('whole')
    const key = (await contentKey(whole.place.files)) ?? ''
    await saveHistory(key, found)
    await keep('a', whole)
    const { place } = session('cut')
    const origin = { files: whole.place.files, cuts: [cutRecord()] }
    await keep('b', { ...session('cut'), place: { ...place, origin, wholes: [whole.place] } })
    await forgetSession('b')
    expect((await loadHistory(key)).snapshots).toHaveLength(1)
  })
})

describe('trained weights', () => {
  const weights = (letter: string) => ({ ...trained, id: letter.repeat(64) })
  it('stay as long as a model, a stage or settings with a name or a pin do', async () => {
    for (const letter of 'abcdefg') {
      vi.setSystemTime(Date.now() + 1000)
      await keepTrained(weights(letter))
      if (letter === 'a') {
        // A stage of its case study names it.
        await keep('one', openSession)
      }
      if (letter === 'b') {
        const recipe = { ...defaultRecipe, trained: 'b'.repeat(64) }
        await saveHistory('model', {
          ...{ snapshots: [{ name: 'mine', recipe }], candidates: [], onData: {} },
        })
      }
      if (letter === 'c') {
        const candidates = withCandidate([], { ...defaultRecipe, trained: 'c'.repeat(64) })
        await saveHistory('other', { snapshots: [], candidates, onData: {} })
      }
    }
    const left = (await trainedTable.ids()).map((id) => id.slice(0, 1)).toSorted()
    // The last three are on their way to be named.
    expect(left).toEqual(['a', 'b', 'c', 'e', 'f', 'g'])
    // The model goes with its weights, and what is on its way stays.
    await forgetSession('one')
    expect((await trainedTable.ids()).map((id) => id.slice(0, 1)).toSorted()).toEqual([
      ...['b', 'c', 'e', 'f', 'g'],
    ])
  })
})

import { describe, expect, it, vi } from 'vitest'
import { catalog } from '../../techniques/catalog'
import { defaultRecipe, withStep } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'
import { StudioError } from '../../core/errors'
import type { Answers } from '../../../testing/studio/fake-answers'
import { cutRecord } from '../../../testing/studio/cut-data'
import { sample, setUp } from '../../../testing/studio/fake-studio'
import { modelSummary, teacherSummary } from '../../../testing/studio/test-data'

function withBits(bits: number): Recipe {
  const config = { ...catalog.quantize.defaultConfig, bits }
  return withStep(defaultRecipe, 1, { technique: 'quantize', enabled: true, config })
}

const own = () => new File(['{"own":1}'], 'model.json')

type Studio = Awaited<ReturnType<typeof setUp>>

async function settled({ store }: Studio): Promise<void> {
  await vi.waitFor(() => {
    expect(store.getState().phase).toBe('idle')
    expect(store.getState().tried.length).toBeGreaterThan(0)
  })
}

function counting(): Partial<Answers> {
  let count = 0
  return {
    open: async function* () {
      yield await Promise.resolve({ phase: 'validating' as const, done: 1, total: 2 })
      return modelSummary({ id: `model-${++count}` })
    },
  }
}

async function opened(change: Partial<Answers> = {}): Promise<Studio> {
  const studio = await setUp({ ...counting(), ...change })
  await studio.commands.openFiles([own()], 'tiny', defaultRecipe)
  await settled(studio)
  return studio
}

/** What the disk holds of the session that is open, once it is as it should be. */
async function keptAs(studio: Studio, wanted: object): Promise<void> {
  await vi.waitFor(() => {
    const session = [...studio.sessions.disk.stored.values()].at(-1)?.session
    expect(session).toMatchObject(wanted)
  })
}

/** Another page on the same disk, as a reload of the tab makes it. */
async function reloaded(before: Studio, change: Partial<Answers> = {}): Promise<Studio> {
  const mark = before.marks.at(-1)
  if (mark == null) throw new Error('nothing is open')
  const after = await setUp({ ...counting(), ...change })
  for (const [id, stored] of before.sessions.disk.stored) after.sessions.disk.stored.set(id, stored)
  await after.commands.restoreTab(mark)
  return after
}

describe('a reload of the tab', () => {
  it('brings a model of one’s own back with its settings, its data and what its outputs mean', async () => {
    const before = await opened()
    await before.commands.attachData('mnist')
    await before.commands.readOutputsAs('numbers')
    await settled(before)
    await keptAs(before, {
      place: { data: { kind: 'builtIn', datasetId: 'mnist' }, meaning: 'numbers' },
    })
    // The last settings stand in the tab's own mark.
    before.commands.useRecipe(withBits(5))
    const after = await reloaded(before)
    expect(after.store.getState()).toMatchObject({
      model: { name: 'tiny' },
      recipe: withBits(5),
      data: { state: 'attached', data: { id: 'mnist' } },
      leftOut: null,
    })
    expect(after.engine.calls).toContain('outputs are numbers')
    expect(after.marks.at(-1)?.id).toBe(before.marks.at(-1)?.id)
  })

  it('takes no settings of another state of the model', async () => {
    const before = await opened()
    await keptAs(before, { place: { recipe: defaultRecipe } })
    const mark = before.marks.at(-1)
    const after = await setUp()
    for (const [id, stored] of before.sessions.disk.stored)
      after.sessions.disk.stored.set(id, stored)
    if (mark != null)
      await after.commands.restoreTab({ ...mark, mark: 'other', recipe: withBits(2) })
    expect(after.store.getState().recipe).toEqual(defaultRecipe)
  })

  it('after filters were removed twice brings back what all is compared with, every way back, and the teacher', async () => {
    const before = await opened()
    await before.commands.attachData('mnist')
    before.commands.useRecipe(withBits(6))
    await before.commands.cutModel()
    await before.commands.cutModel()
    await settled(before)
    await keptAs(before, { place: { wholes: [{}, {}] }, teacher: { files: [{}] } })
    const after = await reloaded(before)
    expect(after.engine.origins.at(-1)?.cuts).toEqual([cutRecord(), cutRecord()])
    expect(after.engine.calls).toContain('teacher model.json')
    const { cutFrom, leftOut, teacher, trainingSettings } = after.store.getState()
    expect({ cutFrom, leftOut }).toMatchObject({ cutFrom: { name: 'tiny' }, leftOut: null })
    expect(teacher.state).toBe('ready')
    expect(trainingSettings.distillation?.teacher).toBe(teacherSummary().id)
    await after.commands.undoCut()
    expect(after.engine.origins.at(-1)?.cuts).toEqual([cutRecord()])
    await after.commands.undoCut()
    expect(after.engine.origins.at(-1)).toBeNull()
    expect(after.store.getState()).toMatchObject({ cutFrom: null, recipe: withBits(6) })
    expect(after.store.getState().data.state).toBe('attached')
  })

  it('does not learn from a teacher where that was not wanted', async () => {
    const before = await opened()
    await before.commands.cutModel()
    before.commands.stopDistillation()
    await keptAs(before, { training: { distillation: null }, teacher: { files: [{}] } })
    const after = await reloaded(before)
    expect(after.store.getState().teacher.state).toBe('ready')
    expect(after.store.getState().trainingSettings.distillation).toBeNull()
  })

  it('brings a teacher of one’s own back, and goes on learning from it', async () => {
    const before = await opened()
    const large = new File(['large'], 'large.zip')
    await before.commands.openTeacher([large])
    before.commands.changeDistillation({ temperature: 7 })
    const distillation = { temperature: 7 }
    await keptAs(before, { teacher: { files: [large] }, training: { distillation } })
    const after = await reloaded(before)
    expect(after.engine.calls).toContain('teacher large.zip')
    expect(after.store.getState()).toMatchObject({
      teacher: { state: 'ready' },
      trainingSettings: { distillation: { teacher: teacherSummary().id, temperature: 7 } },
      leftOut: null,
    })
  })

  it('after a case study brings its stages back, also across the cut', async () => {
    const before = await opened()
    await before.commands.attachData('mnist')
    await settled(before)
    before.commands.changeCase({ purpose: 'edge' })
    await before.commands.startCase()
    const [path] = before.store.getState().casePaths
    expect(path?.status).toEqual({ state: 'done' })
    await keptAs(before, { paths: [{ path: { status: { state: 'done' } } }] })
    const after = await reloaded(before)
    for (const [id, weights] of before.runs.weights) after.runs.weights.set(id, weights)
    expect(after.store.getState().casePaths).toEqual([path])
    // Limits are of the person, and of no single study.
    expect(after.store.getState().caseSettings).toEqual({ ...path?.settings, limits: {} })
    await after.commands.goToStage(1, 0)
    expect(after.engine.origins.at(-1)).toBeNull()
    expect(after.store.getState().cutFrom).toBeNull()
    await after.commands.goToStage(1, 7)
    expect(after.engine.origins.at(-1)?.cuts).toEqual([cutRecord()])
    expect(after.store.getState().recipe).toEqual(path?.stages[7]?.recipe)
    // Another model takes them away, as ever.
    await after.commands.openFiles([new File(['{}'], 'model.json')], 'other', defaultRecipe)
    expect(after.store.getState().casePaths).toEqual([])
  })

  it('says what did not come back, and which stage cannot be opened', async () => {
    const before = await opened()
    await before.commands.startCase()
    await keptAs(before, { paths: [{}] })
    const after = await setUp(counting())
    const mark = before.marks.at(-1)
    const stored = before.sessions.disk.stored.get(mark?.id ?? '')
    if (mark == null || stored === undefined) throw new Error('nothing was kept')
    const [first] = stored.session.paths
    if (first === undefined) throw new Error('no study was kept')
    const session = {
      ...stored.session,
      paths: [{ ...first, places: first.places.map(() => null) }],
    }
    after.sessions.disk.stored.set(mark.id, { ...stored, session, lost: ['stages', 'data'] })
    await after.commands.restoreTab(mark)
    expect(after.store.getState().leftOut?.parts).toEqual(['stages', 'data'])
    await after.commands.goToStage(1, 0)
    expect(after.store.getState().problem?.error.code).toBe('case/stage-gone')
  })

  it('says so where the model, or the teacher that settings name, is gone', async () => {
    const before = await opened()
    const lost = await setUp()
    const mark = before.marks.at(-1)
    if (mark == null) throw new Error('nothing is open')
    await lost.commands.restoreTab(mark)
    expect(lost.store.getState()).toMatchObject({
      model: null,
      opening: { state: 'idle' },
      leftOut: { parts: ['model'] },
    })
    await before.commands.cutModel()
    await keptAs(before, { teacher: { files: [{}] } })
    const refused = await reloaded(before, {
      // oxlint-disable-next-line require-yield -- it fails before it has anything to tell
      teacher: async function* () {
        await Promise.resolve()
        throw new StudioError('open/is-tflite', { file: 'net.tflite' })
      },
    })
    expect(refused.store.getState().leftOut?.parts).toEqual(['teacher'])
    expect(refused.store.getState().trainingSettings.distillation?.teacher).toBe('original')
  })

  it('does not come between a model that the person opens meanwhile and its data', async () => {
    const before = await opened()
    await before.commands.attachData('mnist')
    await keptAs(before, { place: { data: { kind: 'builtIn' } } })
    const mark = before.marks.at(-1)
    if (mark == null) throw new Error('nothing is open')
    await before.commands.closeModel()
    const restoring = before.commands.restoreTab(mark)
    const opening = before.commands.openFiles([own()], 'mine', defaultRecipe)
    await Promise.all([restoring, opening])
    expect(before.store.getState()).toMatchObject({
      recipe: defaultRecipe,
      data: { state: 'none' },
    })
  })

  it('of a sample goes on where it was, with its own data', async () => {
    const before = await setUp(counting())
    await before.commands.openSample(sample, withBits(4))
    await settled(before)
    expect(before.marks.at(-1)).toMatchObject({
      modelName: 'tiny',
      sampleId: 'tiny',
      recipe: withBits(4),
    })
    await keptAs(before, { place: { sampleId: 'tiny', data: { datasetId: 'mnist' } } })
    const after = await reloaded(before)
    expect(after.store.getState()).toMatchObject({
      isSample: true,
      recipe: withBits(4),
      data: { state: 'attached' },
    })
  })
})

describe('what tabs have open', () => {
  it('is each tab’s own: a duplicate goes on by itself, and so does what is opened next', async () => {
    const before = await opened()
    await keptAs(before, { place: { name: 'tiny' } })
    const id = before.marks.at(-1)?.id ?? ''
    const twin = await setUp(counting())
    for (const [key, stored] of before.sessions.disk.stored)
      twin.sessions.disk.stored.set(key, stored)
    twin.sessions.disk.others.add(id)
    const mark = before.marks.at(-1)
    if (mark != null) await twin.commands.restoreTab(mark)
    expect(twin.store.getState().model).not.toBeNull()
    await vi.waitFor(() => {
      expect(twin.sessions.disk.stored.size).toBe(2)
    })
    expect(twin.marks.at(-1)?.id).not.toBe(id)
    await twin.commands.openFiles([new File(['{"b":1}'], 'model.json')], 'b', defaultRecipe)
    await vi.waitFor(() => {
      expect(twin.sessions.disk.stored.size).toBe(3)
    })
  })

  it('is written as it was left when it is closed', async () => {
    const studio = await opened()
    await keptAs(studio, { place: { name: 'tiny' } })
    studio.commands.useRecipe(withBits(3))
    await studio.commands.closeModel()
    await keptAs(studio, { place: { recipe: withBits(3) } })
    expect(studio.sessions.disk.stored.size).toBe(1)
    const [listed] = await studio.commands.listKept()
    expect(listed).toMatchObject({ name: 'tiny', recipe: withBits(3), isCut: false })
    if (listed !== undefined) await studio.commands.continueWith(listed)
    expect(studio.store.getState()).toMatchObject({ model: { name: 'tiny' }, recipe: withBits(3) })
  })

  it('is not written again once it is forgotten, here or in another tab', async () => {
    const studio = await opened()
    await vi.waitFor(() => {
      expect(studio.store.getState().keeping).toBe('yes')
    })
    const id = studio.marks.at(-1)?.id ?? ''
    studio.sessions.disk.stored.clear()
    studio.sessions.forgetElsewhere([id])
    expect(studio.marks.at(-1)).toBeNull()
    expect(studio.store.getState()).toMatchObject({
      keeping: 'no',
      notKept: { what: 'model', name: 'tiny', reason: 'it was forgotten in another tab' },
    })
    studio.commands.useRecipe(withBits(4))
    await settled(studio)
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(studio.sessions.disk.stored.size).toBe(0)
    expect(studio.marks.at(-1)).toBeNull()
  })

  it('says once for each model why it could not be kept, with figures', async () => {
    const studio = await setUp(counting())
    studio.sessions.disk.full = true
    await studio.commands.openFiles([own()], 'tiny', defaultRecipe)
    await vi.waitFor(() => {
      expect(studio.store.getState().keeping).toBe('notKept')
    })
    expect(studio.store.getState().notKept).toMatchObject({ what: 'noRoom', name: 'tiny' })
    expect(studio.store.getState().notKept?.reason.replaceAll('\u00A0', ' ')).toBe(
      'the browser’s storage is full: 2.00 MB are needed and 1.00 MB are free',
    )
    studio.store.getState().dismissNotKept()
    studio.commands.useRecipe(withBits(3))
    await settled(studio)
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(studio.store.getState().notKept).toBeNull()
    studio.sessions.disk.full = false
    studio.commands.useRecipe(withBits(4))
    await vi.waitFor(() => {
      expect(studio.store.getState().keeping).toBe('yes')
    })
  })
})

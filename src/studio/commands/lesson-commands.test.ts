import { describe, expect, it, vi } from 'vitest'
import type { Answers } from '../../../testing/studio/fake-answers'
import { sample, setUp } from '../../../testing/studio/fake-studio'
import { recipeWith } from '../../../testing/studio/recipe-with'
import {
  accuracy,
  modelSummary,
  sizeReport,
  trainStarted,
  weightsEvent,
} from '../../../testing/studio/test-data'
import { cannotRun } from '../../core/model-summary'
import type { LayerSummary } from '../../core/model-summary'
import type { TensorSpec } from '../../core/tensor-spec'
import type { TrainRequest } from '../../protocol/training-messages'
import { defaultRecipe, stepOf, withConfig } from '../../techniques/recipe'
import { defaultTrainingSettings } from '../../training/training-settings'
import { deferred } from '../engine-link/deferred'
import type { Lesson } from '../store/lesson-slice'
import { LESSON_CUT, trialOf, trialRecipe } from '../store/lesson-steps'

/** A layer with so many weights. */
function layer(name: string, elements: number): LayerSummary {
  const spec: TensorSpec = {
    name: `${name}/kernel`,
    shape: [elements],
    dtype: 'float32',
    role: 'kernel',
    layerName: name,
    layerKind: 'dense',
    channel: { count: 1, inner: 1 },
  }
  const tensor = {
    spec,
    elements,
    storedBytes: 4 * elements,
    storedAs: 'float32',
    zeros: 0,
  } as const
  const [first] = modelSummary().layers
  if (first === undefined) throw new Error('no layer')
  return { ...first, name, parameters: elements, tensors: [tensor] }
}

let models = 0
const answers: Partial<Answers> = {
  open: async function* () {
    yield await Promise.resolve({ phase: 'validating' as const, done: 1, total: 2 })
    return modelSummary({ id: `model-${++models}`, layers: [layer('one', 10), layer('two', 90)] })
  },
}

async function begun(change: Partial<Answers> = {}) {
  const all = await setUp({ ...answers, ...change })
  const { commands, store } = all
  await commands.startLesson(sample)
  const lesson = (): Lesson => {
    const { lesson: found } = store.getState()
    if (found === null) throw new Error('no lesson')
    return found
  }
  const rows = () => lesson().rows.map(({ id }) => id)
  await vi.waitFor(() => {
    expect(rows()).toEqual(['original'])
  })
  return { ...all, lesson, rows }
}

describe('the lesson', () => {
  it('begins with a sample, or the open model, on its largest layer', async () => {
    const { commands, lesson, store } = await begun()
    expect(lesson()).toMatchObject({ step: 'layer', layer: 'two', index: 45, cuts: 0 })
    expect(store.getState()).toMatchObject({ focus: ['two'], tab: 'weights', tour: null })
    await commands.chooseLessonLayer('one')
    expect(lesson()).toMatchObject({ layer: 'one', index: 5 })
    expect(store.getState().focus).toEqual(['one'])

    const other = await setUp()
    await other.commands.beginLesson()
    expect(other.store.getState().lesson).toBeNull()
    await other.commands.openSample(sample)
    other.store.getState().setTour('prune')
    await other.commands.beginLesson()
    expect(other.store.getState()).toMatchObject({ tour: null, lesson: { layer: '' } })
  })

  it('begins while the original is still measured, which goes on', async () => {
    const gate = deferred<undefined>()
    const { commands, store } = await setUp({
      ...answers,
      original: async function* () {
        await gate.promise
        yield accuracy(98)
        return undefined
      },
    })
    await commands.startLesson(sample)
    await vi.waitFor(() => {
      expect(store.getState().weights).not.toBeNull()
    })
    gate.resolve(undefined)
    await vi.waitFor(() => {
      expect(store.getState().lesson?.rows.map(({ id }) => id)).toEqual(['original'])
    })
  })

  it('changes settings as a hand would, and writes down what they measure', async () => {
    const { commands, lesson, rows, store } = await begun()
    await commands.goToLessonStep('linear')
    await commands.useTrial('linear')
    expect(trialOf(store.getState().recipe)).toBe('linear')
    await vi.waitFor(() => {
      expect(rows()).toEqual(['original', 'linear'])
    })
    expect(lesson().rows[1]).toMatchObject({ size: { zipped: 200 }, measure: { correct: 90 } })

    // The same by the controls of the page: the row is of the newest settings.
    const coarser = withConfig(store.getState().recipe, 'quantize', { bits: 2 })
    commands.useRecipe(coarser)
    await vi.waitFor(() => {
      expect(lesson().rows[1]?.recipe).toEqual(coarser)
    })
    expect(rows()).toEqual(['original', 'linear'])
    commands.undo()
    commands.undo()
    expect(store.getState().recipe).toEqual(defaultRecipe)

    // What belongs to another step is not written down here.
    commands.useRecipe(trialRecipe('threshold', defaultRecipe))
    await vi.waitFor(() => {
      expect(store.getState().phase).toBe('idle')
    })
    expect(rows()).toEqual(['original', 'linear'])
    await commands.goToLessonStep('threshold')
    expect(rows()).toEqual(['original', 'linear', 'threshold'])
  })

  it('has sizes alone of a model that cannot run', async () => {
    const { lesson, store } = await begun({
      open: async function* () {
        yield await Promise.resolve({ phase: 'validating' as const, done: 1, total: 2 })
        const obstacles = cannotRun({ code: 'open/nothing', params: {} })
        return modelSummary({ layers: [layer('two', 90)], obstacles })
      },
      preview: async function* () {
        yield await Promise.resolve(weightsEvent())
        yield { type: 'size', sizes: sizeReport(), tensors: [], alternatives: [] }
        return undefined
      },
    })
    expect(lesson().rows).toMatchObject([{ id: 'original', measure: null }])
    // Whatever waits for it to be measured need not wait.
    await vi.waitFor(() => {
      expect(store.getState().phase).toBe('idle')
    })
  })

  it('trains for a short while, by labels or by what the original says, and tells the two apart', async () => {
    const requests: TrainRequest[] = []
    const { commands, engine, lesson, rows, store } = await begun()
    const { train } = engine.answers
    engine.answers.train = (request, signal) => {
      requests.push(request)
      return train(request, signal)
    }
    commands.changeTrainingSettings({ ...defaultTrainingSettings, epochs: 9, patience: 2 })
    await commands.goToLessonStep('recover')
    await commands.trainInLesson('recovered')
    // What it starts from is measured meanwhile.
    await vi.waitFor(() => {
      expect(rows()).toEqual(['original', 'both', 'recovered'])
    })
    await commands.goToLessonStep('distil')
    await commands.trainInLesson('distilled')
    await vi.waitFor(() => {
      expect(rows()).toContain('distilled')
    })
    for (const { recipe } of requests) expect(trialOf(recipe)).toBe('both')
    expect(requests.map(({ settings }) => settings)).toMatchObject([
      { epochs: 1, patience: null, distillation: null },
      { epochs: 1, patience: null, distillation: { teacher: 'original' } },
    ])
    // The person’s own settings are what they were.
    expect(store.getState().trainingSettings).toMatchObject({ epochs: 9, distillation: null })
    expect(lesson().rows.at(-1)?.recipe.trained).toBeDefined()
  })

  it('leaves a run that somebody skips', async () => {
    const { commands, rows, store } = await begun({
      train: async function* (_, signal) {
        yield await Promise.resolve(trainStarted())
        await new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            resolve()
          })
        })
        throw signal.reason
      },
    })
    await commands.goToLessonStep('recover')
    const run = commands.trainInLesson('recovered')
    await vi.waitFor(() => {
      expect(store.getState().training.state).toBe('running')
    })
    await commands.goToLessonStep('distil')
    await run
    expect(store.getState().training.state).toBe('idle')
    expect(rows()).not.toContain('recovered')
  })

  it('goes over a cut and back, and gives back what it found', async () => {
    const own = recipeWith({ quantize: { bits: 6 } })
    const all = await setUp(answers)
    const { commands, store } = all
    await commands.openSample(sample)
    commands.useRecipe(own)
    await commands.changeCut({ share: 0.7 })
    await commands.beginLesson()
    await commands.goToLessonStep('filters')
    expect(store.getState().cutTarget.share).toBe(LESSON_CUT)
    await commands.cutInLesson()
    await vi.waitFor(() => {
      expect(store.getState().lesson?.rows.map(({ id }) => id)).toEqual(['cut'])
    })
    expect(store.getState().cutFrom).not.toBeNull()
    await commands.goToLessonStep('linear')
    await commands.useTrial('linear')
    expect(store.getState().cutFrom).toBeNull()
    await vi.waitFor(() => {
      expect(store.getState().lesson?.rows.map(({ id }) => id)).toEqual(['cut', 'linear'])
    })
    await commands.endLesson('back')
    expect(store.getState()).toMatchObject({
      ...{ lesson: null, recipe: own, focus: [] },
      cutTarget: { share: 0.7 },
      trainingSettings: { distillation: null },
    })
  })

  it('writes down the stages of the case study, the newest alone', async () => {
    const { commands, rows, store } = await begun()
    const { epochs } = store.getState().caseSettings
    commands.changeCase({ purpose: 'cloud' })
    await commands.goToLessonStep('caseStudy')
    await commands.caseInLesson()
    const stages = ['float', 'pruned', 'pruneRecovered', 'quantized', 'quantizeRecovered']
    expect(store.getState().casePaths.at(-1)).toMatchObject({
      ...{ status: { state: 'done' }, settings: { epochs: 1, order: 'pruneFirst' } },
    })
    expect(rows()).toEqual(['original', ...[...stages, 'distilled'].map((id) => `case ${id}`)])
    expect(store.getState().caseSettings.epochs).toBe(epochs)
  })

  it('keeps the settings as they are where somebody wants that', async () => {
    const { commands, store } = await begun()
    await commands.useTrial('mean')
    await commands.endLesson('keep')
    expect(store.getState().lesson).toBeNull()
    expect(stepOf(store.getState().recipe, 'quantize')?.config.scheme).toBe('mean')
  })

  it('ends with its model, and has no rows of other data beside its own', async () => {
    const { commands, engine, rows, store } = await begun()
    engine.answers.preview = async function* ({ mode }) {
      yield await Promise.resolve(weightsEvent())
      if (mode === 'settled') {
        yield { type: 'size', sizes: sizeReport(), tensors: [], alternatives: [] }
        yield accuracy(70)
      }
      return undefined
    }
    await commands.goToLessonStep('mean')
    await commands.attachData('fashion-mnist')
    await commands.useTrial('mean')
    await vi.waitFor(() => {
      expect(rows()).toEqual(['mean'])
    })
    await commands.openSample(sample)
    expect(store.getState().lesson).toBeNull()
    await commands.beginLesson()
    await commands.closeModel()
    expect(store.getState().lesson).toBeNull()
  })

  it('comes back where it was after a reload', async () => {
    const first = await begun()
    await first.commands.goToLessonStep('random')
    await first.commands.useTrial('randomMatched')
    await vi.waitFor(() => {
      expect(first.rows()).toEqual(['original', 'randomMatched'])
    })
    const mark = first.marks.at(-1)
    await vi.waitFor(() => {
      const [kept] = [...first.sessions.disk.stored.values()]
      expect(kept?.session.lesson).toEqual(first.lesson())
    })
    const second = await setUp(answers)
    second.sessions.disk.stored = first.sessions.disk.stored
    if (mark == null) throw new Error('no mark')
    await second.commands.restoreTab(mark)
    expect(second.store.getState().lesson).toEqual(first.lesson())
    await second.commands.followLesson()
    await second.commands.useTrial('randomLiteral')
    await vi.waitFor(() => {
      const ids = second.store.getState().lesson?.rows.map(({ id }) => id)
      expect(ids).toEqual(['original', 'randomMatched', 'randomLiteral'])
    })
  })

  it('asks the engine for the numbers of a weight', async () => {
    const { commands, engine } = await begun()
    await commands.formulas({ recipe: defaultRecipe, layer: 'two', index: 7 })
    expect(engine.calls).toContain('formulas two 7')
  })
})

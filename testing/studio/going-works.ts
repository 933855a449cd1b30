/** Studios in which one kind of work goes on for as long as a test wants. */
import { expect, vi } from 'vitest'
import { deferred } from '../../src/studio/engine-link/deferred'
import { shownWorks } from '../../src/studio/store/shown-works'
import type { LongWork, WantedWork } from '../../src/studio/store/long-works'
import { isOn } from '../../src/techniques/recipe'
import { defaultAnswers } from './fake-answers'
import type { Answers } from './fake-answers'
import { sample, setUp } from './fake-studio'
import { trainStarted } from './test-data'

const large = new File(['{}'], 'large.zip')
export const table = new File(['a,b\n1,2\n'], 'table.csv')

/** An engine that holds one kind of work, once, until it is let go. */
function holding(kind: LongWork) {
  const gate = deferred<undefined>()
  let armed = false
  const stop = async (own: LongWork): Promise<void> => {
    if (own !== kind || !armed) return
    armed = false
    await gate.promise
  }
  const held = (name: keyof Answers, own: LongWork): Partial<Answers> => {
    const usual = defaultAnswers[name] as (
      ...given: readonly unknown[]
    ) => AsyncGenerator<unknown, unknown>
    const answer = async function* (
      ...given: readonly unknown[]
    ): AsyncGenerator<unknown, unknown> {
      await stop(own)
      return yield* usual(...given)
    }
    return { [name]: answer }
  }
  let models = 0
  const answers: Partial<Answers> = {
    open: async function* (files, signal) {
      await stop('opening')
      // Each is another one.
      return { ...(yield* defaultAnswers.open(files, signal)), id: `model-${++models}` }
    },
    ...held('attach', 'attaching'),
    ...held('read', 'reading'),
    ...held('search', 'search'),
    ...held('export', 'download'),
    ...held('teacher', 'teacher'),
    ...held('cut', 'cut'),
    ...held('compare', 'answers'),
    ...held('sensitivity', 'makeSmall'),
    preview: async function* (request) {
      if (request.mode === 'settled') await stop('measuring')
      return yield* defaultAnswers.preview(request)
    },
    train: async function* (request, signal) {
      yield await Promise.resolve(trainStarted())
      await stop('training')
      await stop('caseStudy')
      return yield* defaultAnswers.train(request, signal)
    },
    try: async (recipe) => {
      await stop('sweep')
      return defaultAnswers.try(recipe)
    },
  }
  return {
    answers,
    arm: () => {
      armed = true
    },
    /** Lets it go on to its end. */
    release: () => {
      gate.resolve(undefined)
    },
  }
}

export type Studio = Awaited<ReturnType<typeof setUp>>

/** A studio in which work goes on. */
export interface GoingStudio extends Studio {
  /** Lets it go on to its end. */
  readonly release: () => void
  readonly run: Promise<void>
  readonly over: { readonly is: boolean }
  readonly goesOn: () => boolean
}

/** How a person begins each kind, and what the engine is asked first. */
export const begin: Readonly<
  Record<
    WantedWork,
    { readonly start: (studio: Studio) => Promise<unknown>; readonly asks: string }
  >
> = {
  opening: { start: ({ commands }) => commands.openSample(sample), asks: 'open model.json' },
  reading: { start: ({ commands }) => commands.readFirst([table]), asks: 'read {}' },
  attaching: { start: ({ commands }) => commands.attachData('cifar'), asks: 'attach cifar' },
  search: { start: ({ commands }) => commands.tryPreparations(), asks: 'search' },
  measuring: {
    start: ({ commands, store }) => {
      const { recipe } = store.getState()
      const [step] = recipe.steps
      if (step !== undefined)
        commands.changeStep(0, { ...step, enabled: !isOn(recipe, step.technique) })
      return Promise.resolve()
    },
    asks: 'preview settled',
  },
  download: { start: ({ commands }) => commands.download(), asks: 'export ' },
  teacher: { start: ({ commands }) => commands.openTeacher([large]), asks: 'teacher large.zip' },
  cut: { start: ({ commands }) => commands.cutModel(), asks: 'cut ' },
  training: { start: ({ commands }) => commands.startTraining(), asks: 'train new' },
  caseStudy: { start: ({ commands }) => commands.startCase(), asks: 'latency 1' },
  sweep: { start: ({ commands }) => commands.startSweep('bits'), asks: 'try' },
  makeSmall: { start: ({ commands }) => commands.startSmall(), asks: 'sensitivity' },
  answers: {
    start: ({ commands, store }) =>
      commands.compare(store.getState().recipe, new AbortController().signal),
    asks: 'compare',
  },
  closing: { start: ({ commands }) => commands.closeModel(), asks: 'close' },
}

/** A model with its data, and one kind of work that goes on. */
export async function going(kind: LongWork): Promise<GoingStudio> {
  const hold = holding(kind)
  const studio = await setUp(hold.answers)
  const { commands, engine, store } = studio
  await commands.openSample(sample)
  await vi.waitFor(() => {
    expect(store.getState().tried).toHaveLength(1)
  })
  if (kind === 'measuring') await commands.startSweep('bits')
  hold.arm()
  const over = { is: false }
  const run = begin[kind]
    .start(studio)
    .catch(() => undefined)
    .then(() => {
      over.is = true
    })
  if (kind !== 'answers')
    await vi.waitFor(() => {
      expect(shownWorks(store.getState())).toContain(kind)
      if (kind === 'caseStudy') expect(store.getState().training.state).toBe('running')
    })
  // Whatever it does before it is held.
  await settled()
  engine.calls.length = 0
  const goesOn = (): boolean =>
    kind === 'answers' ? !over.is : shownWorks(store.getState()).includes(kind)
  return { ...studio, release: hold.release, run, over, goesOn }
}

export const settled = () => new Promise((resolve) => setTimeout(resolve, 5))

import { describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../core/errors'
import { going, table } from '../../../testing/studio/going-works'
import type { Studio } from '../../../testing/studio/going-works'
import { sample } from '../../../testing/studio/fake-studio'
import { writeRecipeFile } from '../files/recipe-file'
import type { WantedWork } from '../store/long-works'

describe('during a run, what a person does in other ways asks as well', () => {
  const ways: readonly (readonly [string, (studio: Studio) => unknown, WantedWork])[] = [
    [
      'drops a model',
      ({ commands }) => commands.addFiles([new File(['{}'], 'model.json')]),
      'opening',
    ],
    ['drops data', ({ commands }) => commands.addFiles([table]), 'attaching'],
    [
      'opens a settings file with other data settings',
      ({ commands, store }) => {
        const { data, recipe } = store.getState()
        if (data.state !== 'attached') throw new Error(data.state)
        const text = writeRecipeFile({ recipe, data: data.data.settings })
        return commands.loadRecipe(new File([text], 'mine.recipe.json'))
      },
      'attaching',
    ],
    ['changes how data is shown', configure, 'attaching'],
    ['takes data away', ({ commands }) => commands.detachData(), 'attaching'],
    ['begins the lesson', ({ commands }) => commands.startLesson(sample), 'opening'],
    ['begins the tour', ({ commands }) => commands.startTour(sample), 'opening'],
  ]

  function configure({ commands, store }: Studio): Promise<void> {
    const { data } = store.getState()
    if (data.state !== 'attached') throw new Error(data.state)
    return commands.configureData(data.data.settings)
  }

  it.each(ways)('who %s', async (_way, act, wanted) => {
    const studio = await going('training')
    const { commands, store } = studio
    const { data, model } = store.getState()
    const acted = act(studio)
    await vi.waitFor(() => {
      expect(store.getState().workQuestion).toEqual({ wanted, running: ['training'] })
    })
    commands.answerWorkQuestion(false)
    await acted
    expect(store.getState()).toMatchObject({ data, model, training: { state: 'running' } })
    studio.release()
  })

  it('who drops what does not open is not asked, and the run goes on', async () => {
    const looks: boolean[] = []
    const studio = await going('training')
    studio.engine.answers.missing = (_files, _signal, whole) => {
      looks.push(whole)
      return Promise.reject(new StudioError('open/nothing', {}))
    }
    await studio.commands.addFiles([new File(['{}'], 'model.json')])
    expect(looks).toEqual([true])
    expect(studio.store.getState()).toMatchObject({
      workQuestion: null,
      problem: { error: { code: 'open/nothing' } },
      training: { state: 'running' },
    })
    studio.release()
  })

  it('who undoes the cut', async () => {
    const studio = await going('answers')
    const { commands, store } = studio
    studio.release()
    await commands.cutModel()
    void commands.startTraining()
    commands.undo()
    await vi.waitFor(() => {
      expect(store.getState().workQuestion).toEqual({ wanted: 'opening', running: ['training'] })
    })
    commands.answerWorkQuestion(true)
    await vi.waitFor(() => {
      expect(store.getState()).toMatchObject({ cutFrom: null, training: { state: 'idle' } })
    })
  })

  it('files that are no model ask nothing', async () => {
    const studio = await going('training')
    const { commands, engine, store } = studio
    engine.answers.missing = () => Promise.reject(new StudioError('open/nothing', {}))
    await commands.addFiles([new File(['x'], 'junk.bin')])
    expect(store.getState()).toMatchObject({
      workQuestion: null,
      problem: { error: { code: 'open/nothing' } },
    })
    studio.release()
  })
})

it('settings of data that follow each other end nothing', async () => {
  const { commands, engine, store } = await going('answers')
  const { data } = store.getState()
  if (data.state !== 'attached') throw new Error(data.state)
  const told: unknown[] = []
  store.subscribe(({ endedWorks, workWaits }) => told.push(endedWorks, ...workWaits))
  const { settings } = data.data
  await Promise.all([commands.configureData(settings), commands.configureData(settings)])
  expect(engine.calls.filter((call) => call.startsWith('configure'))).toHaveLength(2)
  expect(told.every((one) => one === null)).toBe(true)
})

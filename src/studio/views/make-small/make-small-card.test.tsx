import { act, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Commands } from '../../commands/page-commands'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { measured, run } from '../../../../testing/studio/small-runs'
import { dataSummary, modelSummary } from '../../../../testing/studio/test-data'
import type { MeasureEvent } from '../../../protocol/measure-messages'
import { useStudio } from '../../store/store'
import { MakeSmallCard } from './make-small-card'

const spies = vi.hoisted(() => ({
  changeSmallWish: vi.fn(),
  changeSmallBytes: vi.fn(),
  startSmall: vi.fn(() => Promise.resolve()),
  goOnSmall: vi.fn(() => Promise.resolve()),
  useSmallBest: vi.fn(() => Promise.resolve()),
  closeSmall: vi.fn(() => Promise.resolve()),
  winBack: vi.fn(() => Promise.resolve()),
  startCase: vi.fn(() => Promise.resolve()),
}))
vi.mock('../../commands/page-commands', () => ({ commands: spies satisfies Partial<Commands> }))

const shown = (): string =>
  screen.getByRole('group', { name: 'The search' }).textContent.replaceAll('\u00a0', ' ')

beforeEach(() => {
  useStudio.setState(useStudio.getInitialState(), true)
  useStudio.getState().replaceModel(modelSummary())
  const splits = (['train', 'validation', 'test'] as const).map((name) => ({ name, count: 100 }))
  useStudio.getState().setData({ state: 'attached', data: dataSummary({ splits }) })
  vi.clearAllMocks()
})

describe('what is wanted', () => {
  it('is a loss, a size or a target', async () => {
    renderInProviders(<MakeSmallCard />)
    await userEvent.click(screen.getByRole('radio', { name: '1' }))
    expect(spies.changeSmallWish).toHaveBeenLastCalledWith({ loss: 0.01 })
    await userEvent.click(screen.getByRole('radio', { name: 'own' }))
    const own = screen.getByRole('textbox', { name: 'Points that may be lost' })
    await userEvent.clear(own)
    await userEvent.type(own, '3')
    expect(spies.changeSmallWish).toHaveBeenLastCalledWith({ loss: 0.03 })
    await userEvent.click(screen.getByRole('button', { name: 'Make it small' }))
    expect(spies.startSmall).toHaveBeenCalledOnce()
    await userEvent.click(screen.getByRole('radio', { name: 'Fit a size' }))
    expect(spies.changeSmallWish).toHaveBeenLastCalledWith({ wish: 'bytes' })
  })

  it('may be bytes, of which a tenth of the original is offered', async () => {
    useStudio.getState().replaceModel(modelSummary({ zippedFloat32Bytes: 1_600_000 }))
    useStudio.getState().setSmallWish({ wish: 'bytes', loss: 0.005, minutes: 10 })
    renderInProviders(<MakeSmallCard />)
    const bytes = screen.getByRole('textbox', { name: 'Must be under, kB' })
    expect(bytes).toHaveProperty('value', '160')
    await userEvent.clear(bytes)
    await userEvent.type(bytes, '88.5')
    expect(spies.changeSmallBytes).toHaveBeenLastCalledWith(88_500)
  })

  it('may be a target, which is the case study', async () => {
    useStudio.getState().setSmallWish({ wish: 'target', loss: 0.005, minutes: 10 })
    renderInProviders(<MakeSmallCard />)
    expect(screen.queryByRole('button', { name: 'Make it small' })).toBeNull()
    await userEvent.click(screen.getByRole('button', { name: 'Prune, then quantize, then distil' }))
    expect(spies.startCase).toHaveBeenCalledOnce()
  })

  it('says what it is worth without labels, and that a model that does not run cannot be measured', () => {
    useStudio.getState().setData({ state: 'none' })
    const { unmount } = renderInProviders(<MakeSmallCard />)
    expect(screen.getByText(/That is not accuracy.*The inputs are made up/)).toBeTruthy()
    unmount()
    const obstacles = {
      ...modelSummary().obstacles,
      run: { code: 'case/left', params: {} },
    } as const
    useStudio.getState().replaceModel(modelSummary({ obstacles }))
    renderInProviders(<MakeSmallCard />)
    expect(screen.getByText(/cannot be run here/)).toBeTruthy()
    expect(screen.queryByRole('button')).toBeNull()
  })
})

describe('a search that has ended', () => {
  it('says what its figure is worth, and offers training', async () => {
    useStudio.getState().setMakeSmall({ ...run(measured(4880, 35, 15)), state: 'done' })
    renderInProviders(<MakeSmallCard />)
    expect(shown()).toContain('Done after 7 settings.')
    expect(shown()).toContain(
      'Chosen on the validation split, n = 5,000. It is the best of 7 tried settings, so the figure is ' +
        'likely a little too good. The download measures it once on the test split.',
    )
    const minutes = screen.getByRole('textbox', { name: 'Minutes of training' })
    expect(minutes).toHaveProperty('value', '10 min')
    await userEvent.clear(minutes)
    await userEvent.type(minutes, '30')
    expect(spies.changeSmallWish).toHaveBeenLastCalledWith({ minutes: 30 })
    await userEvent.click(screen.getByRole('button', { name: 'Win back with training' }))
    expect(spies.winBack).toHaveBeenCalledOnce()
    await userEvent.click(screen.getByRole('button', { name: 'Close' }))
    expect(spies.closeSmall).toHaveBeenCalledOnce()
  })

  it('shows the minutes that count where a field is left empty', async () => {
    useStudio.getState().setMakeSmall({ ...run(), state: 'done' })
    renderInProviders(<MakeSmallCard />)
    const minutes = screen.getByRole('textbox', { name: 'Minutes of training' })
    await userEvent.clear(minutes)
    expect(minutes).toHaveProperty('value', '')
    await userEvent.tab()
    expect(minutes).toHaveProperty('value', '10 min')
  })

  it('stands before the form, which it does not part', () => {
    useStudio.getState().setMakeSmall({ ...run(), state: 'done' })
    renderInProviders(<MakeSmallCard />)
    const [result, wish, loss] = [
      screen.getByRole('group', { name: 'The search' }),
      screen.getByRole('radio', { name: 'Lose little' }),
      screen.getByRole('radio', { name: 'own' }),
    ]
    for (const [before, after] of [
      [result, wish],
      [wish, loss],
    ] as const)
      expect(before.compareDocumentPosition(after)).toBe(Node.DOCUMENT_POSITION_FOLLOWING)
  })

  it('says how many were trained, and where that has found nothing better', () => {
    useStudio.getState().setMakeSmall({ ...run(), ...{ done: 9, trained: 2 }, state: 'done' })
    renderInProviders(<MakeSmallCard />)
    expect(shown()).toContain('Done after 9 settings. 2 of them were trained.')
    expect(shown()).toContain('Training has found nothing that serves the goal better.')
  })

  it('offers what came nearest where nothing keeps to the goal', async () => {
    useStudio.getState().setMakeSmall({ ...run(measured(4000, 900, 0)), state: 'done' })
    renderInProviders(<MakeSmallCard />)
    expect(shown()).toContain(
      'Nothing that was measured keeps to the goal (at most 0.5 points lost)',
    )
    await userEvent.click(screen.getByRole('button', { name: 'Use it all the same' }))
    expect(spies.useSmallBest).toHaveBeenCalledOnce()
  })

  it.each(['stopped', 'cutShort', 'failed'] as const)('can go on where it %s', async (state) => {
    const error = { code: 'search/not-measured', params: {} } as const
    useStudio
      .getState()
      .setMakeSmall(state === 'failed' ? { ...run(), state, error } : { ...run(), state })
    renderInProviders(<MakeSmallCard />)
    await userEvent.click(screen.getByRole('button', { name: 'Go on' }))
    expect(spies.goOnSmall).toHaveBeenCalledOnce()
    expect(screen.getByRole('button', { name: 'Look once more' })).toBeTruthy()
  })

  it.each(['search/not-smaller', 'search/nothing-smaller'] as const)(
    'is not gone on with after %s, which would come again',
    (code) => {
      const error = { code, params: {} } as const
      useStudio.getState().setMakeSmall({ ...run(), best: null, state: 'failed', error })
      renderInProviders(<MakeSmallCard />)
      expect(screen.queryByRole('button', { name: 'Go on' })).toBeNull()
      expect(screen.getByRole('button', { name: 'Look once more' })).toBeTruthy()
    },
  )

  it('says what it was judged by once something else is set', () => {
    useStudio.getState().setMakeSmall({ ...run(), state: 'done' })
    const { unmount } = renderInProviders(<MakeSmallCard />)
    expect(shown()).not.toContain('what is set now')
    unmount()
    useStudio.getState().setSmallWish({ wish: 'loss', loss: 0.02, minutes: 10 })
    renderInProviders(<MakeSmallCard />)
    expect(shown()).toContain(
      'judged by what was set then (at most 0.5 points lost), not by what is set now (at most 2 points lost)',
    )
    act(() => {
      useStudio.getState().setSmallWish({ wish: 'loss', loss: 0.01, minutes: 10 })
    })
    expect(shown()).toContain('(at most 1 point lost)')
  })

  it('is not gone on with where it goes on in another tab, which is said', () => {
    useStudio.getState().setMakeSmall({ ...run(), state: 'elsewhere' })
    renderInProviders(<MakeSmallCard />)
    expect(shown()).toContain('goes on in another tab; it had measured 7 settings')
    for (const name of ['Go on', 'Close', 'Win back with training'])
      expect(screen.queryByRole('button', { name })).toBeNull()
    expect(screen.getByRole('button', { name: 'Make it small' })).toBeTruthy()
  })

  it('tells what stands for accuracy where there are no labels', () => {
    const outputs: MeasureEvent = {
      ...{ type: 'agreement', against: 'original', data: null, measured: 64, total: 64 },
      ...{ agreement: 0.96, relativeError: 0.1, klDivergence: 0.01, meaning: 'classes' },
      ...{ cosine: null, r2: null, classesReached: 9, classes: 10, informative: true },
    }
    useStudio.getState().setMakeSmall({ ...run(outputs), state: 'done' })
    const { unmount } = renderInProviders(<MakeSmallCard />)
    expect(shown()).toContain('−4.00 points of agreement with the original')
    unmount()
    const moved = { ...outputs, agreement: null, informative: false }
    useStudio.getState().setMakeSmall({ ...run(moved), state: 'done' })
    renderInProviders(<MakeSmallCard />)
    expect(shown()).toContain('outputs move by 10.00 %')
    act(() => {
      const vectors = { ...outputs, agreement: null, meaning: 'vectors', cosine: 0.996 } as const
      useStudio.getState().setMakeSmall({ ...run(vectors), state: 'done' })
    })
    expect(shown()).toContain('cosine with the original 1.000 → 0.9960')
  })
})

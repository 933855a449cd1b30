import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Commands } from '../../commands/page-commands'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { going, measured, recipe, run, trainingNow } from '../../../../testing/studio/small-runs'
import { dataSummary, modelSummary } from '../../../../testing/studio/test-data'
import { defaultTrainingSettings } from '../../../training/training-settings'
import { newRun } from '../../store/train-slice'
import { showIn } from '../../i18n/languages'
import { useStudio } from '../../store/store'
import { MakeSmallCard } from './make-small-card'

const spies = vi.hoisted(() => ({
  startSmall: vi.fn(() => Promise.resolve()),
  pauseSmall: vi.fn(() => Promise.resolve()),
  continueSmall: vi.fn(() => Promise.resolve()),
  stopSmall: vi.fn(() => Promise.resolve()),
  useSmallBest: vi.fn(() => Promise.resolve()),
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

afterEach(() => showIn('en'))

describe('a search that goes on', () => {
  it('shows the original from the first moment, then the best with what it costs', () => {
    useStudio.getState().setMakeSmall({ ...run(), ...going, state: 'running', best: null })
    const { unmount } = renderInProviders(<MakeSmallCard />)
    expect(shown()).toBe('The original · at most 0.5 points lost400 B → …')
    unmount()
    useStudio
      .getState()
      .setMakeSmall({ ...run(measured(4880, 35, 15)), ...going, state: 'running' })
    renderInProviders(<MakeSmallCard />)
    expect(shown()).toBe(
      'Best so far · at most 0.5 points lost400 B → 40 B10.0× smaller' +
        '−0.40 points of accuracy (95 % interval −0.68 to −0.12)',
    )
    expect(screen.getByText(/Trying settings, 7 of at most 25/).textContent).toMatch(
      /1.min.30.s left/,
    )
    expect(screen.getByText(/Now: 4-bit/)).toBeTruthy()
  })

  it('calls a loss that may be none neither a loss nor none', () => {
    useStudio
      .getState()
      .setMakeSmall({ ...run(measured(4899, 20, 19)), ...going, state: 'running' })
    renderInProviders(<MakeSmallCard />)
    expect(shown()).toContain('−0.02 points of accuracy (95 % interval −0.27 to +0.23, not disting')
  })

  it('has Chinese marks in Chinese', async () => {
    await showIn('zh-CN')
    useStudio
      .getState()
      .setMakeSmall({ ...run(measured(4899, 20, 19)), ...going, state: 'running' })
    renderInProviders(<MakeSmallCard />)
    const told = screen.getByRole('group', { name: '搜索' }).textContent.replaceAll('\u00a0', ' ')
    expect(told).toContain('准确率 −0.02 个百分点（95 % 区间 −0.27 到 +0.23，与没有损失无法区分）')
    expect(screen.getByText(/还需约/).textContent.replaceAll('\u00a0', ' ')).toContain(
      '还需约 1 分 30 秒',
    )
  })

  it('can be paused, continued, stopped, and its best used', async () => {
    useStudio.getState().setMakeSmall({ ...run(), ...going, state: 'running' })
    const { unmount } = renderInProviders(<MakeSmallCard />)
    await userEvent.click(screen.getByRole('button', { name: 'Pause' }))
    await userEvent.click(screen.getByRole('button', { name: 'Use these settings' }))
    await userEvent.click(screen.getByRole('button', { name: 'Stop, use the best' }))
    for (const name of ['pauseSmall', 'useSmallBest', 'stopSmall'] as const)
      expect(spies[name]).toHaveBeenCalledOnce()
    unmount()
    useStudio.getState().setMakeSmall({ ...run(), ...going, state: 'running', paused: true })
    useStudio.setState({ recipe })
    renderInProviders(<MakeSmallCard />)
    expect(screen.getByText('Paused after 7 settings')).toBeTruthy()
    expect(screen.getByText('In use')).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Continue' }))
    expect(spies.continueSmall).toHaveBeenCalledOnce()
  })

  it('calls what misses the goal the nearest, not the best, in both halves', async () => {
    const missed = run(measured(3503, 1400, 3))
    const halves = [
      { ...missed, ...going, state: 'running' as const },
      { ...missed, ...trainingNow, state: 'training' as const },
    ]
    for (const half of halves) {
      useStudio.getState().setMakeSmall(half)
      const { unmount } = renderInProviders(<MakeSmallCard />)
      expect(shown()).toMatch(/^Nearest so far; it misses the goal \(at most 0.5 points lost\):/)
      expect(shown()).toContain('400 B → 40 B')
      expect(shown()).toContain('−27.94 points')
      expect(screen.queryByText(/the best|Best so far/)).toBeNull()
      expect(screen.queryByRole('button', { name: 'Use these settings' })).toBeNull()
      await userEvent.click(screen.getByRole('button', { name: 'Stop' }))
      unmount()
    }
    expect(spies.stopSmall).toHaveBeenCalledTimes(2)
    useStudio.getState().setMakeSmall({ ...missed, ...going, state: 'running' })
    renderInProviders(<MakeSmallCard />)
    await userEvent.click(screen.getByRole('button', { name: 'Use it all the same' }))
    expect(spies.useSmallBest).toHaveBeenCalledOnce()
  })

  it('takes the focus of the button that is gone', async () => {
    spies.startSmall.mockImplementation(() => {
      useStudio.getState().setMakeSmall({ ...run(), ...going, state: 'running' })
      return Promise.resolve()
    })
    renderInProviders(<MakeSmallCard />)
    await userEvent.click(screen.getByRole('button', { name: 'Make it small' }))
    expect(document.activeElement).toBe(screen.getByRole('group', { name: 'The search' }))
  })

  it('says what is trained, and for how long still', async () => {
    useStudio.getState().setMakeSmall({
      ...{ ...run(), ...{ done: 9, total: 27, trained: 2 }, state: 'training' },
      ...trainingNow,
    })
    renderInProviders(<MakeSmallCard />)
    expect(screen.getByText(/^Training, round 2 of 3/).textContent).toMatch(/4\smin/)
    // Of its own minutes, whatever is set for the next one by now.
    expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('75')
    expect(screen.getByText(/^Now: .*, 3 epochs$/)).toBeTruthy()
    expect(screen.queryByRole('radio', { name: 'Fit a size' })).toBeNull()
    await userEvent.click(screen.getByRole('button', { name: 'Stop, use the best' }))
    expect(spies.stopSmall).toHaveBeenCalledOnce()
  })

  it('is paused and goes on where its run is', async () => {
    useStudio.getState().setMakeSmall({
      ...{ ...run(), state: 'training' },
      ...trainingNow,
    })
    const training = (phase: 'going' | 'paused') => {
      useStudio.getState().setTraining({
        ...{ state: 'running', preparing: null, phase },
        run: newRun(recipe, defaultTrainingSettings),
      })
    }
    training('going')
    const { unmount } = renderInProviders(<MakeSmallCard />)
    await userEvent.click(screen.getByRole('button', { name: 'Pause' }))
    expect(spies.pauseSmall).toHaveBeenCalledOnce()
    unmount()
    training('paused')
    renderInProviders(<MakeSmallCard />)
    expect(screen.getByText(/paused, round 2 of 3$/)).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Continue' }))
    expect(spies.continueSmall).toHaveBeenCalledOnce()
  })
})

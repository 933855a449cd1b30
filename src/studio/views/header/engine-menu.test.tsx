import { act, screen } from '@testing-library/react'
import { beforeEach, expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { engineInfo } from '../../../../testing/studio/test-data'
import { defaultRecipe } from '../../../techniques/recipe'
import { defaultTrainingSettings } from '../../../training/training-settings'
import type { Commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { newRun } from '../../store/train-slice'
import { EngineMenu } from './engine-menu'

vi.mock('../../commands/page-commands', () => ({
  commands: { startEngine: vi.fn(), useCores: vi.fn() } satisfies Partial<Commands>,
}))

beforeEach(() => {
  useStudio.setState(useStudio.getInitialState(), true)
  useStudio.getState().setEngine({ state: 'ready', info: engineInfo })
})

it('says that a run keeps its cores, for as long as one goes on', () => {
  const { setTraining } = useStudio.getState()
  const said = () => screen.queryByText(/training run that is going on keeps the cores/)
  renderInProviders(<EngineMenu />)
  expect(screen.getByText('All (2)')).toBeDefined()
  expect(said()).toBeNull()
  act(() => {
    const run = newRun(defaultRecipe, defaultTrainingSettings)
    setTraining({ state: 'running', run, phase: 'going', preparing: null })
  })
  expect(said()).not.toBeNull()
  act(() => {
    setTraining({ state: 'idle' })
  })
  expect(said()).toBeNull()
})

import { act, screen } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { defaultRecipe } from '../../../techniques/recipe'
import { defaultTrainingSettings } from '../../../training/training-settings'
import { modelSummary } from '../../../../testing/studio/test-data'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { useStudio } from '../../store/store'
import { newRun } from '../../store/train-slice'
import { SweepBar } from './sweep-bar'

describe('the bar of a sweep', () => {
  beforeEach(() => {
    useStudio.setState(useStudio.getInitialState(), true)
    useStudio.getState().replaceModel(modelSummary())
  })

  it('says what it waits for', () => {
    const waiting = { done: 1, total: 4, waits: true, msLeft: null } as const
    const run = newRun(defaultRecipe, defaultTrainingSettings)
    const state = useStudio.getState()
    state.setSweep({ state: 'running', kind: 'bits', ...waiting })
    state.setTraining({ state: 'running', run, preparing: null, phase: 'going' })
    renderInProviders(<SweepBar />)
    expect(screen.getByText(/waits for the training run/)).toBeTruthy()
    act(() => {
      state.setTraining({ state: 'idle' })
      useStudio.setState({ phase: 'measuring' })
    })
    expect(screen.getByText(/waits for your settings/)).toBeTruthy()
  })
})

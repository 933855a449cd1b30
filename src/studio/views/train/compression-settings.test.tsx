import { act, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { modelSummary } from '../../../../testing/studio/test-data'
import { recipeWith } from '../../../../testing/studio/recipe-with'
import { defaultTrainingSettings } from '../../../training/training-settings'
import { useStudio } from '../../store/store'
import { CompressionSettings } from './compression-settings'
import '../../i18n/train-words'

it('says of a graph that was frozen to a batch that its statistics stay, in place of what would change them', () => {
  const notes = [{ code: 'note/graph-model', params: {} }] as const
  const open = (batch: number | null): void => {
    const inputs = [{ name: 'x', shape: [batch, 4], dtype: 'float32' }]
    act(() => {
      useStudio.getState().replaceModel(modelSummary({ notes, normalizes: true, inputs }))
    })
  }
  open(null)
  renderInProviders(
    <CompressionSettings settings={defaultTrainingSettings} change={() => undefined} />,
  )
  expect(screen.getByRole('switch', { name: /Measure statistics anew/ })).toBeTruthy()
  open(8)
  expect(screen.queryByRole('switch', { name: /Measure statistics anew/ })).toBeNull()
  expect(screen.getByText(/converted for exactly 8 samples at once/)).toBeTruthy()
})

it('says of a graph that a converter has folded what could be measured anew, and of no other', () => {
  const sentence = /has folded it into the weights/
  const notes = [{ code: 'note/graph-model', params: {} }] as const
  const open = (changes: Parameters<typeof modelSummary>[0]): void => {
    act(() => {
      useStudio.getState().replaceModel(modelSummary(changes))
    })
  }
  open({})
  renderInProviders(
    <CompressionSettings settings={defaultTrainingSettings} change={() => undefined} />,
  )
  expect(screen.queryByText(sentence)).toBeNull()
  open({ notes })
  expect(screen.getByText(sentence)).toBeTruthy()
  open({ notes, normalizes: true })
  expect(screen.queryByText(sentence)).toBeNull()
})

it('says how pruning goes on where nobody has chosen', () => {
  const prune = { value: 0.5 }
  act(() => {
    useStudio.setState({ recipe: recipeWith({ prune }) })
  })
  renderInProviders(
    <CompressionSettings settings={defaultTrainingSettings} change={() => undefined} />,
  )
  expect(screen.getByText(/^Here: Iterative rounds/)).toBeTruthy()
  act(() => {
    useStudio.setState({ recipe: recipeWith({ prune, quantize: { bits: 2 } }) })
  })
  expect(screen.getByText(/^Here: One-shot/)).toBeTruthy()
})

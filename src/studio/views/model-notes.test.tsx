import { screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { renderInProviders } from '../../../testing/studio/render-in-providers'
import { modelSummary } from '../../../testing/studio/test-data'
import { useStudio } from '../store/store'
import { ModelNotes } from './model-notes'

it.each([
  [1, 'Mod (rest)', /one node computes is not known .*: Mod \(rest\)\. It runs and stays/],
  [
    7,
    'Mod (a); Mod (b); FFT (c)',
    /7 nodes compute is not known .* first of all Mod .*FFT \(c\)\. They run/,
  ],
])('names %i nodes of which nothing is known', (count, names, sentence) => {
  const notes = [{ code: 'note/opaque-layers', params: { count, names } }] as const
  useStudio.getState().replaceModel(modelSummary({ notes }))
  renderInProviders(<ModelNotes />)
  expect(screen.getByText(sentence)).toBeTruthy()
})

import { screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { renderInProviders } from '../../../testing/studio/render-in-providers'
import { modelSummary } from '../../../testing/studio/test-data'
import { useStudio } from '../store/store'
import { ModelNotes } from './model-notes'

it.each([
  [1, 'rest (Mod)', /one node computes is not known: rest \(Mod\)\. It runs and stays/],
  [
    7,
    'a (Mod), b (Mod), c (FFT)',
    /7 nodes compute is not known, among them a .*c \(FFT\)\. They run/,
  ],
])('names %i nodes of which nothing is known', (count, names, sentence) => {
  const notes = [{ code: 'note/opaque-layers', params: { count, names } }] as const
  useStudio.getState().replaceModel(modelSummary({ notes }))
  renderInProviders(<ModelNotes />)
  expect(screen.getByText(sentence)).toBeTruthy()
})

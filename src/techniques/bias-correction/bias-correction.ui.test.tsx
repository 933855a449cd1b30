import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../testing/studio/render-in-providers'
import { layerReport, weightsEvent } from '../../../testing/studio/test-data'
import type { WeightsEvent } from '../../protocol/recipe-messages'
import { biasCorrectionMeta } from './bias-correction.meta'
import type { BiasCorrectionConfig } from './bias-correction.meta'
import { biasCorrectionFace } from './bias-correction.ui'

const config = biasCorrectionMeta.defaultConfig
const known = {
  state: 'known',
  dataset: 'Clothes',
  hash: null,
  split: 'calibration',
  samples: 1000,
  seed: 1,
  weights: 'file',
  backend: 'wasm',
} as const
const noteOf = (layer: string, note: string) => ({
  technique: 'bias-correction' as const,
  layer,
  note,
})

function show(preview: Partial<WeightsEvent>, focus: string | null = null): void {
  renderInProviders(
    <biasCorrectionFace.Panel
      config={config}
      facts={{
        preview: weightsEvent(preview),
        focus: focus === null ? null : layerReport({ name: focus }),
        afterPruning: false,
        roles: new Set(),
      }}
      onDrag={() => undefined}
      onChange={() => undefined}
    />,
  )
}

describe('the panel of bias correction', () => {
  it('says how many samples of which split it knows inputs from', () => {
    show({ calibration: known, notes: [noteOf('a', 'bias')] })
    expect(
      screen.getByText('E[x] from n = 1,000 samples of the calibration split of Clothes.'),
    ).toBeDefined()
    expect(screen.getByText('1 of 1')).toBeDefined()
  })

  it.each([
    ['noData', /Needs data/],
    ['noSplit', /too few samples/],
    ['operator', /^Where \(mask\) only runs within the whole/],
    ['answersOtherwise', /other outputs than TensorFlow.js/],
    ['notRunnable', /cannot run this model/],
  ] as const)('says what is missing: %s', (reason, text) => {
    show({ calibration: { state: 'missing', reason, operator: 'Where (mask)' } })
    expect(screen.getByRole('status').textContent).toMatch(text)
  })

  it('says that there is nothing to correct', () => {
    show({ calibration: known })
    expect(screen.getByText('No step before this one has changed a kernel.')).toBeDefined()
  })

  it('names the layers that are left alone, and how the chosen one is corrected', async () => {
    const notes = [noteOf('a', 'movingMean'), noteOf('b', 'several'), noteOf('c', 'noPlace')]
    show({ calibration: known, notes }, 'a')
    expect(screen.getByText('1 of 3')).toBeDefined()
    expect(screen.getByText('corrected in the normalization that follows')).toBeDefined()
    await userEvent.click(screen.getByRole('button', { name: 'Left alone (2)' }))
    expect(screen.getByText('runs several times in one pass')).toBeDefined()
    expect(screen.getByText(/no normalization right after it/)).toBeDefined()
  })

  it('leaves chosen layers out', async () => {
    const onChange = vi.fn<(changes: BiasCorrectionConfig['overrides'][string]) => void>()
    renderInProviders(
      <biasCorrectionFace.Exceptions config={config} own={[{}]} onChange={onChange} />,
    )
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Correct biases' }), 'off')
    expect(onChange).toHaveBeenLastCalledWith({ enabled: false })
  })
})

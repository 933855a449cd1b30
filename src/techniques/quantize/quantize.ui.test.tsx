import { cleanup, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'
import type { TensorRole } from '../../core/tensor-spec'
import { renderInProviders } from '../../../testing/studio/render-in-providers'
import { quantizeMeta } from './quantize.meta'
import type { QuantizeConfig } from './quantize.meta'
import { quantizeFace } from './quantize.ui'

function show(
  change: Partial<QuantizeConfig>,
  roles: readonly TensorRole[] = ['kernel', 'bias', 'normalization'],
) {
  const onChange = vi.fn<(config: QuantizeConfig) => void>()
  const config = { ...quantizeMeta.defaultConfig, ...change }
  renderInProviders(
    <quantizeFace.Panel
      config={config}
      facts={{ preview: null, focus: null, afterPruning: false, roles: new Set(roles) }}
      onDrag={() => undefined}
      onChange={onChange}
    />,
  )
  return { onChange, config }
}

describe('the quantize panel', () => {
  it('moves the bits by the keyboard', async () => {
    const { onChange, config } = show({ bits: 8 })
    screen.getByRole('slider', { name: 'Bits' }).focus()
    await userEvent.keyboard('{ArrowLeft}')
    expect(onChange).toHaveBeenLastCalledWith({ ...config, bits: 7 })
  })

  it('takes a typed number of bits', async () => {
    const { onChange, config } = show({ bits: 8 })
    const field = screen.getByRole('textbox', { name: 'Bits value' })
    await userEvent.clear(field)
    await userEvent.type(field, '3{Enter}')
    expect(onChange).toHaveBeenLastCalledWith({ ...config, bits: 3 })
  })

  it('says why a symmetric range needs two bits', () => {
    show({ bits: 1 })
    expect(screen.getByText(/Symmetric needs at least 2 bits/)).toBeDefined()
  })

  it('leaves the symmetric range when the bits go down to one', async () => {
    const { onChange } = show({ bits: 2, symmetry: 'symmetric' })
    screen.getByRole('slider', { name: 'Bits' }).focus()
    await userEvent.keyboard('{ArrowLeft}')
    expect(onChange.mock.lastCall?.[0]).toMatchObject({ bits: 1, symmetry: 'asymmetric' })
  })

  it('says that linear moves zeros', () => {
    show({ scheme: 'linear' })
    expect(screen.getByText(/Linear moves zeros/)).toBeDefined()
  })

  it('offers groups, by the keyboard too, and asks for their size where they are chosen', async () => {
    const { onChange, config } = show({ granularity: 'perChannel' })
    expect(screen.queryByRole('radio', { name: '64' })).toBeNull()
    screen.getByRole('radio', { name: 'Per channel' }).focus()
    await userEvent.keyboard('{ArrowRight}')
    expect(onChange).toHaveBeenLastCalledWith({ ...config, granularity: 'perGroup' })
    cleanup()
    const chosen = show({ granularity: 'perGroup', groupSize: 24 })
    expect(screen.getByRole<HTMLInputElement>('radio', { name: 'Groups of 24' }).checked).toBe(true)
    // The recipe's own size stands among the usual ones.
    const sizes = within(screen.getByRole('radiogroup', { name: 'Inputs per scale' }))
    expect(sizes.getAllByRole<HTMLInputElement>('radio').map(({ value }) => value)).toEqual([
      ...['16', '24', '32', '64', '128', '256'],
    ])
    await userEvent.click(sizes.getByRole('radio', { name: '64' }))
    expect(chosen.onChange).toHaveBeenLastCalledWith({ ...chosen.config, groupSize: 64 })
  })

  it('asks for the percentile only where ranges end there', async () => {
    const { onChange, config } = show({})
    expect(screen.queryByRole('slider', { name: 'Percentile' })).toBeNull()
    await userEvent.click(screen.getByRole('radio', { name: 'Percentile' }))
    expect(onChange).toHaveBeenLastCalledWith({ ...config, range: 'percentile' })
    const chosen = show({ range: 'percentile' })
    const field = screen.getByRole('textbox', { name: 'Percentile value' })
    await userEvent.clear(field)
    await userEvent.type(field, '99.5{Enter}')
    expect(chosen.onChange).toHaveBeenLastCalledWith({ ...chosen.config, percentile: 99.5 })
  })

  it.each([
    [99.9, 'ArrowRight', 99.95],
    [99.99, 'ArrowRight', 99.995],
    [99.99, 'ArrowLeft', 99.98],
    [99.999, 'ArrowRight', 99.999],
    [97, 'ArrowRight', 99],
  ])('moves the percentile from %d by %s to %d', async (from, key, to) => {
    const { onChange, config } = show({ range: 'percentile', percentile: from })
    const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Percentile value' })
    expect(field.value).toBe(String(from))
    screen.getByRole('slider', { name: 'Percentile' }).focus()
    await userEvent.keyboard(`{${key}}`)
    expect(onChange).toHaveBeenLastCalledWith({ ...config, percentile: to })
  })

  it('says which ranges are in use where they are left to it', async () => {
    const { onChange, config } = show({ bits: 4 })
    expect(screen.getByRole<HTMLInputElement>('radio', { name: 'Auto' }).checked).toBe(true)
    expect(screen.getByText(/Now min–max; with fewer than 4 bits/)).toBeDefined()
    await userEvent.click(screen.getByRole('radio', { name: 'Least error' }))
    expect(onChange).toHaveBeenLastCalledWith({ ...config, range: 'mse' })
    cleanup()
    show({ bits: 3 })
    expect(screen.getByText(/Now least error, as with fewer than 4 bits/)).toBeDefined()
    cleanup()
    show({ bits: 3, granularity: 'perChannel' })
    expect(screen.getByText(/Now min–max/)).toBeDefined()
  })

  it('gives biases bits of their own', async () => {
    const { onChange, config } = show({})
    await userEvent.click(screen.getByRole('button', { name: 'Advanced' }))
    const biases = screen.getByRole('radiogroup', { name: 'Biases' })
    await userEvent.click(within(biases).getByRole('radio', { name: '8 bits' }))
    expect(onChange).toHaveBeenLastCalledWith({ ...config, biases: 8 })
  })

  it('asks for bits of what the model has alone, and shows those that are set', () => {
    show({ biases: 16 }, ['kernel', 'bias'])
    const biases = screen.getByRole('radiogroup', { name: 'Biases' })
    expect(within(biases).getByRole<HTMLInputElement>('radio', { name: '16 bits' }).checked).toBe(
      true,
    )
    expect(screen.queryByRole('radiogroup', { name: 'Normalization parameters' })).toBeNull()
    cleanup()
    show({ biases: 16 }, ['kernel'])
    expect(screen.queryByRole('button', { name: 'Advanced' })).toBeNull()
  })
})

import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../testing/studio/render-in-providers'
import type { WeightsEvent } from '../../protocol/recipe-messages'
import { pruneMeta } from './prune.meta'
import type { PruneConfig } from './prune.meta'
import { pruneFace } from './prune.ui'

const layer: WeightsEvent['layers'][number] = {
  name: 'dense',
  weights: 200,
  zeros: 60,
  bits: null,
  mse: 0,
  sqnrDb: null,
  clipped: 0,
  pruning: {
    weights: 200,
    threshold: 0.1,
    sigmaMultiple: 0.5,
    sparsity: 0.3,
    absoluteSum: 32.5,
    aboveThreshold: 140,
  },
  kernels: null,
}

const preview: WeightsEvent = {
  type: 'weights',
  layers: [layer],
  sizes: {
    float32: 0,
    stored: 0,
    bitPacked: 0,
    sparse: 0,
    entropyBound: 0,
    zipped: 0,
    zippedIsExact: false,
    kinds: [],
    reportBytes: 0,
  },
  sparsity: 0.3,
  pruning: { threshold: 0.1, sigmaMultiple: 0.5, sparsity: 0.3 },
  notes: [],
  calibration: null,
  histogram: { min: 0, max: 0, before: [], after: [], levels: [], threshold: null },
}

function show(
  change: Partial<PruneConfig> = {},
  focus: typeof layer | null = null,
  shown: WeightsEvent = preview,
) {
  const onChange = vi.fn<(config: PruneConfig) => void>()
  const config = { ...pruneMeta.defaultConfig, ...change }
  renderInProviders(
    <pruneFace.Panel
      config={config}
      facts={{ preview: shown, focus, afterPruning: false, roles: new Set() }}
      onDrag={() => undefined}
      onChange={onChange}
    />,
  )
  return { onChange, config }
}

const valueOf = (name: string): number =>
  Number(screen.getByRole('slider', { name }).getAttribute('aria-valuenow'))

describe('the prune panel', () => {
  it('shows one setting as threshold, multiple of sigma and sparsity', () => {
    show({ target: 'sparsity', value: 0.3 })
    expect(valueOf('Sparsity')).toBeCloseTo(30)
    expect(valueOf('Threshold')).toBeCloseTo(0.1)
    expect(valueOf('Sigma multiple')).toBeCloseTo(0.5)
  })

  it.each([
    [0.5, 1, {}, 'Asked for 50.0 %, got 100.0 %. Weights of the same magnitude go together'],
    [0.5, 0.504, {}, 'Asked for 50.0 %, got 50.4 %. Only whole weights can go'],
    [0.5, 0.25, { overrides: { dense: { value: 0.25 } } }, 'Some layers have values of their own'],
  ] as const)('says what results where %d was asked for: %d', (value, sparsity, change, said) => {
    const weights = sparsity === 0.504 ? 120 : 200
    const pruning = { threshold: 0.5, sigmaMultiple: 1, sparsity }
    const own = { ...layer, pruning: { ...pruning, weights, absoluteSum: 1, aboveThreshold: 0 } }
    show({ target: 'sparsity', value, ...change }, null, { ...preview, layers: [own], pruning })
    expect(screen.getByRole('note').textContent.replaceAll('\u00A0', ' ')).toContain(said)
  })

  it('says nothing where what was asked for results, or where another setting leads', () => {
    show({ target: 'sparsity', value: 0.3 })
    show({ target: 'threshold', value: 0.1 })
    expect(screen.queryByRole('note')).toBeNull()
  })

  it('names layers that hardly anything passes any more, and leaves them as they are', async () => {
    const kernels = { channels: 48, dead: 40, pruned: 40, tail: 1, spread: 1 }
    const [few, many] = [
      { ...layer, name: 'whole', kernels: { ...kernels, pruned: 30 } },
      { ...layer, name: 'depthwise', kernels },
    ]
    const { onChange, config } = show({ overrides: { depthwise: { value: 0.9 } } }, null, {
      ...preview,
      layers: [few, many],
    })
    expect(screen.getByText(/^depthwise: 75 % or more of the filters/)).toBeDefined()
    await userEvent.click(screen.getByRole('button', { name: 'Leave this layer as it is' }))
    const overrides = { depthwise: { value: 0.9, enabled: false } }
    expect(onChange).toHaveBeenLastCalledWith({ ...config, overrides })
  })

  it('lets the slider that was moved lead', async () => {
    const { onChange, config } = show({ target: 'sparsity', value: 0.3 })
    screen.getByRole('slider', { name: 'Sigma multiple' }).focus()
    await userEvent.keyboard('{ArrowRight}')
    expect(onChange.mock.lastCall?.[0]).toMatchObject({ ...config, target: 'sigma', value: 0.52 })
  })

  it('has a switch for each kind of layer', async () => {
    const { onChange, config } = show()
    await userEvent.click(screen.getByRole('switch', { name: 'Fully connected layers' }))
    expect(onChange).toHaveBeenLastCalledWith({ ...config, dense: !config.dense })
    await userEvent.click(screen.getByRole('switch', { name: 'Convolutional layers' }))
    expect(onChange).toHaveBeenLastCalledWith({ ...config, convolution: !config.convolution })
  })

  it('shows s and k of the chosen layer', () => {
    show({}, layer)
    expect(screen.getByText('dense: s = Σ|w|')).toBeDefined()
    expect(screen.getByText('32.50')).toBeDefined()
    expect(screen.getByText(/140 of 200/)).toBeDefined()
  })

  it('says when a layer is not touched, and to choose one when none is', () => {
    show()
    expect(screen.getByText(/Choose a layer to see its s/)).toBeDefined()
    show({}, { ...layer, pruning: null })
    expect(screen.getByText('not touched by pruning')).toBeDefined()
  })

  it('explains random removal and offers the literal rule', async () => {
    const { onChange, config } = show({ method: 'random' })
    expect(screen.getByText(/as many weights of each layer as the threshold would/)).toBeDefined()
    await userEvent.click(screen.getByRole('button', { name: 'Advanced' }))
    const rules = screen.getByRole('radiogroup', { name: 'How many go at random' })
    const literal = [...rules.querySelectorAll('input')].find(({ value }) => value === 'literal')
    await userEvent.click(literal ?? rules)
    expect(onChange).toHaveBeenLastCalledWith({ ...config, randomRule: 'literal' })
  })
})

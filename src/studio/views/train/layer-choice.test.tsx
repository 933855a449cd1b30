import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { modelSummary } from '../../../../testing/studio/test-data'
import type { LayerSummary } from '../../../core/model-summary'
import type { TrainingSettings } from '../../../training/training-settings'
import type { Commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import '../../i18n/train-words'
import { LayerRow } from '../layers/layer-row'
import { LayerChoice } from './layer-choice'

const spies = vi.hoisted(() => ({ letLearn: vi.fn() }))
vi.mock('../../commands/page-commands', () => ({
  commands: spies satisfies Partial<Commands>,
}))

function layerOf(name: string, className: string, parameters: number): LayerSummary {
  return {
    ...{ name, className, kind: 'dense', inputs: [], outputShape: [null, 4], parameters },
    learnable: parameters,
    ...{ storedBytes: 4 * parameters, float32Bytes: 4 * parameters, macs: parameters },
    ...{ opaque: false, zeros: 0, tensors: [] },
  }
}

const first = layerOf('conv_1', 'Conv2D', 30)
const layers = [
  first,
  layerOf('conv_2', 'Conv2D', 50),
  layerOf('flat', 'Flatten', 0),
  layerOf('classes', 'Dense', 20),
]

function Choice() {
  const settings = useStudio((state) => state.trainingSettings)
  const change = (part: Partial<TrainingSettings>): void => {
    useStudio.getState().setTrainingSettings({ ...settings, ...part })
  }
  return <LayerChoice settings={settings} change={change} />
}

beforeEach(() => {
  useStudio.setState(useStudio.getInitialState(), true)
  useStudio.getState().replaceModel({ ...modelSummary(), layers })
  vi.clearAllMocks()
})

const chosen = () => useStudio.getState().trainingSettings.layers

describe('which layers learn', () => {
  it('is chosen by depth and by name, and said in layers and weights', async () => {
    renderInProviders(<Choice />)
    expect(screen.queryByRole('slider')).toBeNull()
    await userEvent.click(screen.getByText('Chosen layers'))
    expect(chosen()).toEqual(['conv_1', 'conv_2', 'classes'])
    const depth = screen.getByRole('textbox', { name: 'Number of last layers' })
    await userEvent.clear(depth)
    await userEvent.type(depth, '1{Enter}')
    expect(chosen()).toEqual(['classes'])
    expect(screen.getByText(/^1 of 3 layers learn, 20\b.* of the weights\.$/)).toBeTruthy()
    await userEvent.type(screen.getByRole('textbox', { name: /By name/ }), 'CONV2')
    expect(screen.getByText('2 layers')).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Let them learn' }))
    expect(chosen()).toEqual(['conv_1', 'conv_2', 'classes'])
    await userEvent.click(screen.getByRole('button', { name: 'Freeze them' }))
    expect(chosen()).toEqual(['classes'])
    await userEvent.click(screen.getByText('All layers'))
    expect(chosen()).toBeNull()
  })

  it('is switched in the row of a layer, with the keyboard too', async () => {
    const row = { prefix: '', preview: undefined, share: 0.3, chosen: false, isOpen: false }
    const shown = (learns: boolean | null) => (
      <LayerRow layer={first} {...row} isException={false} learns={learns} onChoose={vi.fn()} />
    )
    const { unmount } = renderInProviders(shown(true))
    const lock = screen.getByRole('switch', { name: 'conv_1 learns in training' })
    lock.focus()
    await userEvent.keyboard(' ')
    expect(spies.letLearn).toHaveBeenLastCalledWith(['conv_1'], false)
    unmount()
    renderInProviders(shown(null))
    expect(screen.queryByRole('switch')).toBeNull()
  })
})

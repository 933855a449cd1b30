import { act, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { noObstacles } from '../../../core/model-summary'
import type { Commands } from '../../commands/page-commands'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { useStudio } from '../../store/store'
import { cutPlan } from '../../../../testing/studio/cut-data'
import { dataSummary, modelSummary } from '../../../../testing/studio/test-data'
import { LayerGroup } from '../layers/layer-group'
import { StructureCard } from './structure-card'

const spies = vi.hoisted(() => ({
  findGroups: vi.fn(() => Promise.resolve()),
  planCut: vi.fn(() => Promise.resolve()),
  changeCut: vi.fn(),
  changeCutStart: vi.fn(),
  findBlocks: vi.fn(() => Promise.resolve()),
  toggleBlock: vi.fn(),
  cutModel: vi.fn(() => Promise.resolve()),
  cancelCut: vi.fn(() => Promise.resolve()),
  undoCut: vi.fn(() => Promise.resolve()),
}))
vi.mock('../../commands/page-commands', () => ({
  commands: spies satisfies Partial<Commands>,
}))

beforeEach(() => {
  useStudio.setState(useStudio.getInitialState(), true)
  useStudio.getState().replaceModel(modelSummary())
  vi.clearAllMocks()
})

describe('the card for filters', () => {
  it('says what would be left, and removes it', async () => {
    renderInProviders(<StructureCard place={1} />)
    useStudio.getState().setCut({ state: 'planned', plan: cutPlan() })
    await userEvent.click(screen.getByRole('button', { name: /^Structured pruning/ }))
    expect(spies.planCut).toHaveBeenCalled()
    const plan = screen.getByRole('status', { name: 'What is left' })
    expect(plan.textContent).toMatch(/Parameters: 10.*k → 4.*k \(40.%\)/)
    expect(plan.textContent).toMatch(/Multiply-adds: 200.*k → 50.*k \(25.%\)/)
    expect(plan.textContent).toContain('conv 16 → 8')
    await userEvent.click(screen.getByRole('radio', { name: 'Multiply-adds' }))
    expect(spies.changeCut).toHaveBeenLastCalledWith({ of: 'macs' })
    await userEvent.click(screen.getByRole('radio', { name: 'Fresh' }))
    expect(spies.changeCutStart).toHaveBeenLastCalledWith('fresh')
    await userEvent.click(screen.getByRole('button', { name: 'Remove them' }))
    expect(spies.cutModel).toHaveBeenCalledOnce()
  })

  it('shows how far a long cut is, and lets go of it', async () => {
    renderInProviders(<StructureCard place={1} />)
    await userEvent.click(screen.getByRole('button', { name: /^Structured pruning/ }))
    const show = (msLeft: number | null): void => {
      act(() => {
        const progress = { phase: 'scoring', done: 25, total: 100 } as const
        useStudio.getState().setCutWork({ progress, msLeft })
      })
    }
    show(null)
    expect(screen.queryByRole('group', { name: 'Removing filters' })).toBeNull()
    show(20_000)
    expect(screen.getByText(/Weighing filters/).textContent).toMatch(/20.s left/)
    expect(screen.getByRole('progressbar', { name: 'Weighing filters' })).toBeTruthy()
    act(() => {
      useStudio.getState().setCut({ state: 'cutting' })
      useStudio.getState().setCutWork(null)
    })
    // Before the first word of the engine there is a sign of work already.
    expect(screen.getByRole('group', { name: 'Removing filters' })).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }))
    expect(spies.cancelCut).toHaveBeenCalledOnce()
  })

  it('offers blocks, or says that there are none', async () => {
    renderInProviders(<StructureCard place={1} />)
    await userEvent.click(screen.getByRole('button', { name: /^Structured pruning/ }))
    expect(spies.findBlocks).toHaveBeenCalled()
    act(() => {
      useStudio.getState().setBlocks([])
    })
    expect(screen.getByText(/^No block can be left out/)).toBeTruthy()
    const block = { id: 'sum', from: 'a', to: 'sum', layers: ['b', 'sum'], parameters: 5, macs: 7 }
    act(() => {
      useStudio.getState().setBlocks([{ ...block, kind: 'residual' }])
      useStudio.getState().setCut({
        state: 'planned',
        plan: cutPlan({ layers: [], gone: ['b', 'sum'] }),
      })
    })
    await userEvent.click(screen.getByRole('checkbox', { name: /^sum: a residual branch/ }))
    expect(spies.toggleBlock).toHaveBeenCalledWith('sum')
    const plan = screen.getByRole('status', { name: 'What is left' })
    expect(plan.textContent).toMatch(/As float32: 40.0.kB → 16.0.kB/)
    expect(plan.textContent).toContain('Left out: b, sum.')
    expect(screen.getByRole('button', { name: 'Remove them' })).toHaveProperty('disabled', false)
  })

  it('offers no share of work that is not known, and says what is not counted', async () => {
    const [layer] = modelSummary().layers
    const layers = ['stem', 'rest'].flatMap((name, at) =>
      layer === undefined ? [] : { ...layer, name, macs: at === 0 ? 10 : null, opaque: at === 1 },
    )
    const { cutTarget, replaceModel, setCutTarget } = useStudio.getState()
    replaceModel(modelSummary({ layers }))
    setCutTarget({ ...cutTarget, of: 'macs' })
    renderInProviders(<StructureCard place={1} />)
    await userEvent.click(screen.getByRole('button', { name: /^Structured pruning/ }))
    expect(screen.getByRole('radio', { name: 'Multiply-adds' })).toHaveProperty('disabled', false)
    expect(screen.getByText(/^Not counted: rest, of which nothing is known/)).toBeTruthy()
    act(() => {
      replaceModel(modelSummary({ layers: layers.map((each) => ({ ...each, macs: null })) }))
    })
    expect(screen.getByRole('radio', { name: 'Multiply-adds' })).toHaveProperty('disabled', true)
    expect(screen.getByText(/cannot be chosen: how many stem does is not known/)).toBeTruthy()
  })

  it('counts work by the sizes of attached data where the file leaves them open', async () => {
    const [layer] = modelSummary().layers
    const layers = layer === undefined ? [] : [{ ...layer, name: 'stem', macs: null }]
    const inputs = [{ name: 'x', shape: [null, null, null, 3], dtype: 'float32' }]
    useStudio.getState().replaceModel(modelSummary({ layers, inputs }))
    renderInProviders(<StructureCard place={1} />)
    await userEvent.click(screen.getByRole('button', { name: /^Structured pruning/ }))
    const byWork = (): HTMLElement => screen.getByRole('radio', { name: 'Multiply-adds' })
    expect(byWork()).toHaveProperty('disabled', true)
    expect(screen.getByText(/leaves the size of inputs open/)).toBeTruthy()
    const asked = spies.planCut.mock.calls.length
    act(() => {
      useStudio.getState().changeData({ state: 'attached', data: dataSummary() })
    })
    expect(spies.planCut.mock.calls.length).toBe(asked + 1)
    act(() => {
      useStudio.getState().setCut({ state: 'planned', plan: cutPlan() })
    })
    expect(byWork()).toHaveProperty('disabled', false)
    expect(screen.queryByText(/leaves the size of inputs open/)).toBeNull()
  })

  it('calls layers without what all names of the model begin with', async () => {
    const [layer] = modelSummary().layers
    const layers = ['a', 'b', 'sum'].flatMap((name) =>
      layer === undefined ? [] : { ...layer, name: `call/net/${name}` },
    )
    useStudio.getState().replaceModel(modelSummary({ layers }))
    const [a = '', b = '', sum = ''] = layers.map(({ name }) => name)
    const block = { id: sum, from: a, to: sum, layers: [b, sum], parameters: 5, macs: 7 }
    useStudio.getState().setBlocks([{ ...block, kind: 'residual' }])
    const cut = [{ name: a, before: 4, after: 2 }]
    useStudio.getState().setCut({ state: 'planned', plan: cutPlan({ layers: cut, gone: [b] }) })
    const { cutTarget, setCutTarget } = useStudio.getState()
    setCutTarget({ ...cutTarget, only: [a] })
    renderInProviders(<StructureCard place={1} />)
    await userEvent.click(screen.getByRole('button', { name: /^Structured pruning/ }))
    expect(screen.getByRole('checkbox', { name: /^sum: a residual branch/ })).toBeTruthy()
    expect(screen.getByRole('status', { name: 'What is left' }).textContent).toContain(
      'Left out: b. a 4 → 2',
    )
    expect(screen.getByText('Only in a')).toBeTruthy()
  })

  it('says for which layers alone it is set, and forgets them', async () => {
    const { cutTarget, setCutTarget } = useStudio.getState()
    setCutTarget({ ...cutTarget, only: ['first'] })
    renderInProviders(<StructureCard place={1} />)
    await userEvent.click(screen.getByRole('button', { name: /^Structured pruning/ }))
    expect(screen.getByText('Only in first')).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'All layers' }))
    expect(spies.changeCut).toHaveBeenLastCalledWith({ only: undefined })
  })

  it('has a way back once something was removed', async () => {
    useStudio.getState().setCutFrom({ name: 'whole', parameters: 5_000 })
    renderInProviders(<StructureCard place={1} />)
    expect(screen.getByText(/^Cut from 5.*k to 10 parameters/)).toBeTruthy()
    expect(screen.getByText(/compared with the model that you opened: 10 parameters/)).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Back to the whole model' }))
    expect(spies.undoCut).toHaveBeenCalledOnce()
  })

  it('says why a model cannot lose anything', async () => {
    useStudio.getState().replaceModel(
      modelSummary({
        obstacles: {
          ...noObstacles,
          cut: { code: 'open/no-topology', params: { file: 'model.json' } },
        },
      }),
    )
    renderInProviders(<StructureCard place={1} />)
    const head = screen.getByRole('button', { name: /^Structured pruning/, expanded: false })
    expect(head.textContent).toContain('Not for this model')
    await userEvent.click(head)
    expect(screen.getByText(/cannot lose filters.*nothing says how a model computes/)).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Remove them' })).toBeNull()
  })
})

describe('what goes together', () => {
  const group = {
    id: 0,
    producers: ['stem', 'branch'],
    followers: ['norm'],
    readers: ['next'],
    channels: 16,
    fixed: null,
  }
  it.each([
    ['stem', null, '16 filters may go. Together with branch, norm. Read by next.'],
    ['norm', null, '16 filters may go. Together with stem, branch. Read by next.'],
    [
      'branch',
      { reason: 'layer', layer: 'mixed' },
      'All its filters stay: what mixed does to single filters is not known. Together with stem, norm.',
    ],
    [
      'stem',
      { reason: 'output', layer: 'stem' },
      'All its filters stay: they are outputs of the model. Together with branch, norm.',
    ],
  ] as const)('of %s (%o)', (layer, fixed, text) => {
    useStudio.getState().setGroups([{ ...group, fixed }])
    renderInProviders(<LayerGroup layer={layer} />)
    expect(screen.getByRole('note', { name: 'What goes together' }).textContent).toBe(text)
  })
})

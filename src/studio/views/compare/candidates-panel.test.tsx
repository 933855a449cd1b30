import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { candidateFigures } from '../../../../testing/studio/candidate-figures'
import { recipeWith } from '../../../../testing/studio/recipe-with'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import {
  accuracy,
  dataSummary,
  engineInfo,
  modelSummary,
} from '../../../../testing/studio/test-data'
import type { CandidateFigures } from '../../../protocol/compare-messages'
import { withOverrides } from '../../../techniques/overrides'
import { defaultRecipe } from '../../../techniques/recipe'
import type { Recipe } from '../../../techniques/recipe'
import type { Commands } from '../../commands/page-commands'
import { resultOf, withCandidate } from '../../store/candidates-slice'
import { startRecipe } from '../../store/recipe-history'
import { useStudio } from '../../store/store'
import { CandidatesPanel } from './candidates-panel'

const commands = vi.hoisted(() => ({
  pinCandidate: vi.fn<Commands['pinCandidate']>(),
  unpinCandidate: vi.fn<Commands['unpinCandidate']>(),
  nameCandidate: vi.fn<Commands['nameCandidate']>(),
  measureCandidate: vi.fn<Commands['measureCandidate']>(),
  measureCandidates: vi.fn<Commands['measureCandidates']>(),
  downloadCandidate: vi.fn<Commands['downloadCandidate']>(),
  useAnyRecipe: vi.fn<Commands['useAnyRecipe']>(),
}))
vi.mock('../../commands/page-commands', () => ({
  commands: commands satisfies Partial<Commands>,
}))

const eight = recipeWith({ quantize: { bits: 8 }, prune: { value: 0.7 } })
const three = withOverrides(
  recipeWith({ quantize: { bits: 8 }, prune: { value: 0.8 } }),
  'quantize',
  ['dense'],
  { bits: 3 },
)

function pin(recipe: Recipe, figures: CandidateFigures | null): void {
  const { candidates, data, setCandidates } = useStudio.getState()
  const pinned = withCandidate(candidates, recipe)
  const last = pinned.at(-1)
  if (last === undefined) throw new Error('not pinned')
  const result = figures === null ? null : resultOf(figures, data)
  setCandidates([...pinned.slice(0, -1), { ...last, result }])
}

beforeEach(() => {
  useStudio.setState(useStudio.getInitialState(), true)
  useStudio.getState().setEngine({ state: 'ready', info: engineInfo })
  useStudio.getState().replaceModel(modelSummary())
  startRecipe(useStudio, defaultRecipe)
  useStudio.getState().changeData({ state: 'attached', data: dataSummary() })
  useStudio.getState().setOriginalMeasure(accuracy(98))
})

const row = (name: RegExp) => screen.getByRole('row', { name })

describe('candidates side by side', () => {
  it('begin with how to pin some', async () => {
    renderInProviders(<CandidatesPanel />)
    expect(screen.getByText(/Nothing is pinned yet/)).toBeTruthy()
    expect(screen.getByText(/Original: 400 B zipped · 98.00.% \(validation split/)).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Pin these settings' }))
    expect(commands.pinCandidate).toHaveBeenCalledWith(defaultRecipe)
  })

  it('are a table whose every row has a cell for every column', () => {
    pin(eight, candidateFigures())
    pin(three, null)
    renderInProviders(<CandidatesPanel />)
    const table = screen.getByRole('table', { name: 'Candidates' })
    const heads = within(table).getAllByRole('columnheader')
    for (const one of within(table).getAllByRole('row').slice(1))
      expect(
        within(one).getAllByRole('cell').length + within(one).getAllByRole('rowheader').length,
      ).toBe(heads.length)
  })

  it('say of what each figure is, and nothing where nothing was measured', async () => {
    pin(eight, candidateFigures({}, 90))
    pin(three, null)
    renderInProviders(<CandidatesPanel />)
    const first = row(/^A/).textContent
    expect(first).toMatch(/exact200.B/)
    expect(first).toMatch(/float16400.B/)
    expect(first).toMatch(/90\.00.%95.% interval 82\.56.% – 94\.48.%/)
    expect(first).toMatch(/validation split, n.=.100, wasm/)
    expect(first).toMatch(/−8\.00 points95.% interval .*worse, p.=.0\.0078/)
    expect(first).toMatch(/8 now wrong, 0 now right/)
    expect(first).toMatch(/dog: −16\.00 \(n.=.50\)/)
    expect(first).toContain('not measured, see below')
    const second = within(row(/^B/))
    expect(second.getByText('Not measured.')).toBeTruthy()
    await userEvent.click(second.getByRole('button', { name: 'Measure B' }))
    expect(commands.measureCandidate).toHaveBeenCalledOnce()
  })

  it('are named, used, downloaded in each form and let go by the keyboard', async () => {
    pin(eight, candidateFigures())
    const [{ key } = { key: '' }] = useStudio.getState().candidates
    renderInProviders(<CandidatesPanel />)
    await userEvent.type(screen.getByRole('textbox', { name: 'Name of A' }), 'mine{Enter}')
    expect(commands.nameCandidate).toHaveBeenCalledWith(key, 'mine')
    const press = async (name: string) => {
      screen.getByRole('button', { name }).focus()
      await userEvent.keyboard('{Enter}')
    }
    await press('Download A as float16, rounded')
    expect(commands.downloadCandidate).toHaveBeenCalledWith(key, {
      ...{ container: 'tfjs', precision: 'float16' },
    })
    await press('Use A')
    expect(commands.useAnyRecipe).toHaveBeenCalledWith(eight)
    await press('Unpin A')
    expect(commands.unpinCandidate).toHaveBeenCalledWith(key)
  })

  it('are out of date on other data, whose figures stand nowhere', async () => {
    pin(eight, candidateFigures())
    useStudio.getState().changeData({ state: 'attached', data: dataSummary({ id: 'other' }) })
    renderInProviders(<CandidatesPanel />)
    const { textContent } = row(/^A/)
    expect(textContent).toContain('Out of date: measured on pets, as it was set up then.')
    expect(textContent).not.toContain('90.00')
    expect(textContent).not.toContain('200 B')
    await userEvent.click(screen.getByRole('button', { name: 'Measure all that have no figures' }))
    expect(commands.measureCandidates).toHaveBeenCalledOnce()
  })

  it('say without labels what was measured instead', () => {
    useStudio.getState().changeData({ state: 'none' })
    const measure = {
      ...({ type: 'agreement', against: 'original', data: null, meaning: 'classes' } as const),
      ...{ measured: 64, total: 64, agreement: 0.95, relativeError: 0.125 },
      ...{ klDivergence: null, cosine: null, r2: null },
      ...{ classesReached: 5, classes: 10, informative: true },
    }
    pin(eight, candidateFigures({ measure, answers: null }))
    renderInProviders(<CandidatesPanel />)
    const { textContent } = row(/^A/)
    expect(textContent).toContain('95.00')
    expect(textContent).toContain('Agreement with the original, not accuracy')
    expect(textContent).toContain('output error 0.125')
    expect(textContent).toMatch(/synthetic inputs, n.=.64, wasm/)
  })
})

describe('two of them', () => {
  it('differ in words, in bytes and on the same samples', async () => {
    pin(eight, candidateFigures({}, 90))
    const offers = candidateFigures().offers.map((offer) => ({
      ...offer,
      size: { zipped: 150, reportBytes: 30, stored: 10 },
    }))
    pin(three, candidateFigures({ offers }, 87))
    renderInProviders(<CandidatesPanel />)
    const part = screen.getByRole('region', { name: 'What differs' })
    expect(
      within(part)
        .getAllByRole('listitem')
        .map((item) => item.textContent),
    ).toEqual([
      '80.0\u00A0% instead of 70.0\u00A0% pruned',
      'dense: 3 bits instead of 8',
      'dense: ranges of least error instead of from min to max',
    ])
    expect(part.textContent).toContain(
      'B is 50 B smaller than A (smallest exact).'.replace(/50 B/, '50\u00A0B'),
    )
    expect(part.textContent).toContain(
      'On the same 100 samples A alone is right on 3, B alone on 0.',
    )
    expect(part.textContent).toContain('can be chance (McNemar, p\u00A0=\u00A00.2500)')
    await userEvent.selectOptions(
      within(part).getByRole('combobox', { name: 'Compare with' }),
      'original',
    )
    await waitFor(() => {
      expect(part.textContent).toContain('added: Prune, 80')
    })
    expect(part.textContent).not.toContain('McNemar')
  })

  it('that different backends computed are tested, and that is said', () => {
    pin(eight, candidateFigures({}, 90))
    pin(three, candidateFigures({ backend: 'webgpu' }, 90))
    renderInProviders(<CandidatesPanel />)
    expect(screen.getByRole('region', { name: 'What differs' }).textContent).toContain(
      'Both are right on exactly the same samples. A was computed by wasm, B by webgpu',
    )
  })
})

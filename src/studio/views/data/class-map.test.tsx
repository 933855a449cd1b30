import { screen, within } from '@testing-library/react'
import { beforeEach, expect, it, vi } from 'vitest'
import type { Commands } from '../../commands/page-commands'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { dataSummary, modelSummary } from '../../../../testing/studio/test-data'
import { useStudio } from '../../store/store'
import { useOutputName } from '../../words/use-output-name'
import { ClassMap } from './class-map'

vi.mock('../../commands/page-commands', () => ({
  commands: { configureData: vi.fn() } satisfies Partial<Commands>,
}))

const outputs = [{ name: 'dense', shape: [null, 3], dtype: 'float32' }]

beforeEach(() => {
  useStudio.setState(useStudio.getInitialState(), true)
  useStudio.getState().replaceModel(modelSummary({ outputs }))
})

function choices(): (string | null)[] {
  const data = dataSummary({ classNames: ['0', '1', '2'] })
  renderInProviders(<ClassMap data={data} />)
  const select = screen.getByRole('combobox', { name: 'Output for 0' })
  return within(select)
    .getAllByRole('option')
    .map(({ textContent }) => textContent)
}

it('counts outputs as labels are counted, from 0', () => {
  expect(choices()).toEqual(['none', 'output 0', 'output 1', 'output 2'])
})

it('counts those with names in the same way', () => {
  useStudio.getState().setOutputNames(['cat', 'dog', 'owl'])
  expect(choices()).toEqual(['none', '0 · cat', '1 · dog', '2 · owl'])
})

it('calls an output that nobody names by the same number', () => {
  function Named() {
    const nameOf = useOutputName()
    return <p>{nameOf(2)}</p>
  }
  renderInProviders(<Named />)
  expect(screen.getByText('output 2')).toBeTruthy()
})

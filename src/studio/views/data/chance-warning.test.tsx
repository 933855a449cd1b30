import { beforeEach, expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import {
  accuracy,
  dataSummary,
  modelSummary,
  ownFacts,
  tableReading,
} from '../../../../testing/studio/test-data'
import type { DataSummary } from '../../../protocol/data-messages'
import type { Commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { ChanceWarning } from './chance-warning'

const { spies } = vi.hoisted(() => ({ spies: { searchOnce: vi.fn(() => Promise.resolve()) } }))
vi.mock('../../commands/page-commands', () => ({ commands: spies satisfies Partial<Commands> }))

/** Two of four classes in each other's place: far more is right than by guessing. */
const exchanged = [95, 5, 0, 0, 0, 10, 90, 0, 0, 90, 10, 0, 0, 0, 10, 90]
const orders: DataSummary['classOrders'] = [
  { id: 'position', map: [0, 1, 2, 3] },
  { id: 'text', map: [0, 2, 1, 3] },
]

function shown(confusion: readonly number[], classOrders: DataSummary['classOrders']): string {
  const measured = confusion.reduce((sum, count) => sum + count, 0)
  const correct = [0, 5, 10, 15].reduce((sum, at) => sum + (confusion[at] ?? 0), 0)
  const data = dataSummary({ classOrders })
  useStudio.setState({
    model: modelSummary({ outputs: [{ name: 'classes', shape: [null, 4], dtype: 'float32' }] }),
    data: { state: 'attached', data },
    originalMeasure: accuracy(correct, { measured, total: measured, confusion }),
  })
  return renderInProviders(<ChanceWarning data={data} />).container.textContent
}

beforeEach(() => {
  spies.searchOnce.mockClear()
})

it('classes that are answered as each other start the search for their order, also where more than guessing is right', () => {
  expect(shown(exchanged, orders)).toContain('answers 2 classes as each other')
  expect(spies.searchOnce).toHaveBeenCalledOnce()
})

it('nothing is said where there is no other order, or where one class is taken for another only', () => {
  expect(shown(exchanged, orders.slice(0, 1))).not.toContain('The original')
  expect(shown([95, 5, 0, 0, 90, 10, 0, 0, 0, 0, 100, 0, 0, 0, 0, 100], orders)).not.toContain(
    'The original',
  )
  expect(spies.searchOnce).not.toHaveBeenCalled()
})

it('numbers that are answered as by guessing are asked about as such, and how inputs came to them where that was guessed', () => {
  const slot = { input: 'left', needed: [4], found: [4], from: ['p'], how: 'place' } as const
  const mapping = { slots: [slot], sources: ['p'], many: false, guessed: true }
  const reading = tableReading({}, { mapping })
  const data = dataSummary({ own: ownFacts({ reading }) })
  useStudio.setState({ originalMeasure: accuracy(0, { measured: 40, total: 40 }) })
  const text = renderInProviders(<ChanceWarning data={data} />).container.textContent
  expect(text).toContain('Are these the numbers that the model was trained on')
  expect(text).toContain('was guessed by its place')
})

import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../../../testing/studio/render-in-providers'
import { inputsChoice } from '../../../../data/reading/input-choices'
import type { InputMapping, InputSlot } from '../../../../data/reading/reading'
import type { Commands } from '../../../commands/page-commands'
import { InputMappingTable } from './input-mapping'

const spies = vi.hoisted(() => ({ chooseReading: vi.fn(() => Promise.resolve()) }))
vi.mock('../../../commands/page-commands', () => ({
  commands: spies satisfies Partial<Commands>,
}))
beforeEach(() => {
  vi.clearAllMocks()
})

const slot = (input: string, from: readonly string[], how: InputSlot['how']): InputSlot => ({
  ...{ input, from, how, needed: [4], found: [4] },
})

function mapping(change: Partial<InputMapping> = {}): InputMapping {
  const slots = [slot('left', ['p'], 'place'), slot('right', ['q'], 'shape')]
  return { slots, sources: ['p', 'q', 'r'], many: false, guessed: true, ...change }
}

it('says what each input takes and is given, and exchanges arrays', async () => {
  renderInProviders(<InputMappingTable mapping={mapping()} newer={null} />)
  const row = screen.getByRole('row', { name: /^left/ })
  expect(
    within(row)
      .getAllByRole('cell')
      .map((cell) => cell.textContent),
  ).toEqual(['4', 'pqr', '4', 'Guessed by its place'])
  expect(screen.queryByRole('button')).toBeNull()
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Array for left' }), 'q')
  expect(spies.chooseReading).toHaveBeenLastCalledWith(
    'inputsFrom',
    inputsChoice([
      { input: 'left', from: ['q'] },
      { input: 'right', from: ['p'] },
    ]),
  )
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Array for left' }), 'r')
  expect(spies.chooseReading).toHaveBeenLastCalledWith(
    'inputsFrom',
    inputsChoice([
      { input: 'left', from: ['r'] },
      { input: 'right', from: ['q'] },
    ]),
  )
})

it('says why under the choice on a narrow screen, without a column more', () => {
  const media = vi.spyOn(globalThis, 'matchMedia').mockImplementation(
    (query) =>
      ({
        matches: query === '(max-width: 640px)',
        addEventListener: () => {},
        removeEventListener: () => {},
      }) as unknown as MediaQueryList,
  )
  renderInProviders(<InputMappingTable mapping={mapping()} newer={null} />)
  const row = screen.getByRole('row', { name: /^left/ })
  expect(
    within(row)
      .getAllByRole('cell')
      .map((cell) => cell.textContent),
  ).toEqual(['4', 'pqrGuessed by its place', '4'])
  media.mockRestore()
})

it('says nothing of how an input came to nothing', () => {
  const slots = [slot('left', ['p'], 'name'), { ...slot('right', [], 'place'), found: null }]
  renderInProviders(<InputMappingTable mapping={mapping({ slots })} newer={null} />)
  expect(screen.getByRole('row', { name: /^right/ }).textContent).toMatch(/——$/)
})

it('shows what is chosen before it is read, and takes it back', async () => {
  const inputsFrom = inputsChoice([
    { input: 'left', from: ['q'] },
    { input: 'right', from: ['p'] },
  ])
  renderInProviders(<InputMappingTable mapping={mapping()} newer={{ inputsFrom }} />)
  expect(screen.getByRole('combobox', { name: 'Array for left' })).toHaveProperty('value', 'q')
  expect(screen.getByRole('row', { name: /^left/ }).textContent).toContain('—Your choice')
  await userEvent.click(screen.getByRole('button'))
  expect(spies.chooseReading).toHaveBeenLastCalledWith('inputsFrom', null)
})

it('moves a column from the input that had it', async () => {
  const slots = [slot('left', ['a', 'b'], 'name'), slot('right', ['c'], 'place')]
  const columns = mapping({ slots, sources: ['a', 'b', 'c'], many: true })
  renderInProviders(<InputMappingTable mapping={columns} newer={null} />)
  const list = screen.getByRole('group', { name: 'Columns for right' })
  await userEvent.click(within(list).getByRole('checkbox', { name: 'b' }))
  expect(spies.chooseReading).toHaveBeenLastCalledWith(
    'inputsFrom',
    inputsChoice([
      { input: 'left', from: ['a'] },
      { input: 'right', from: ['b', 'c'] },
    ]),
  )
})

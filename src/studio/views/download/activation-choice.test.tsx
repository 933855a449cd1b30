import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import type { Commands } from '../../commands/page-commands'
import { ActivationChoice } from './activation-choice'

const spies = vi.hoisted(() => ({ chooseTarget: vi.fn() }))
vi.mock('../../commands/page-commands', () => ({
  commands: spies satisfies Partial<Commands>,
}))

const target = {
  ...({ container: 'onnx', precision: 'static8' } as const),
  activations: { range: 'percentile', signed: false },
} as const

it('asks over which range activations become codes, and of which type', async () => {
  renderInProviders(<ActivationChoice target={target} />)
  screen.getByText(/made-up inputs/)
  await userEvent.selectOptions(
    screen.getByRole('combobox', { name: 'Range of activations' }),
    'least square error',
  )
  expect(spies.chooseTarget).toHaveBeenLastCalledWith({
    ...target,
    activations: { range: 'error', signed: false },
  })
  await userEvent.click(screen.getByRole('radio', { name: 'int8' }))
  expect(spies.chooseTarget).toHaveBeenLastCalledWith({
    ...target,
    activations: { range: 'percentile', signed: true },
  })
})

it('says who computes with int8', () => {
  renderInProviders(
    <ActivationChoice target={{ ...target, activations: { range: 'minMax', signed: true } }} />,
  )
  screen.getByText(/int8 is what other chips take/)
})

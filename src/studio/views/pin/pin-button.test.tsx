import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it, vi } from 'vitest'
import { recipeWith } from '../../../../testing/studio/recipe-with'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import type { Commands } from '../../commands/page-commands'
import { withCandidate } from '../../store/candidates-slice'
import { effectKey } from '../../store/recipe-slice'
import { useStudio } from '../../store/store'
import { PinButton } from './pin-button'

const commands = vi.hoisted(() => ({
  pinCandidate: vi.fn<Commands['pinCandidate']>(),
  unpinCandidate: vi.fn<Commands['unpinCandidate']>(),
}))
vi.mock('../../commands/page-commands', () => ({
  commands: commands satisfies Partial<Commands>,
}))

const bits = (width: number) => recipeWith({ quantize: { bits: width } })

beforeEach(() => {
  useStudio.setState(useStudio.getInitialState(), true)
})

it('pins settings, and lets them go when it is pressed once more', async () => {
  renderInProviders(<PinButton recipe={bits(4)} />)
  const button = screen.getByRole('button', { name: 'Pin 4-bit affine to compare', pressed: false })
  await userEvent.click(button)
  expect(commands.pinCandidate).toHaveBeenCalledWith(bits(4))
  useStudio.getState().setCandidates(withCandidate([], bits(4)))
  await userEvent.click(await screen.findByRole('button', { pressed: true }))
  expect(commands.unpinCandidate).toHaveBeenCalledWith(effectKey(bits(4)))
})

it('has no room for a fifth, and says why', () => {
  let four: ReturnType<typeof withCandidate> = []
  for (const width of [1, 2, 3, 5]) four = withCandidate(four, bits(width))
  useStudio.getState().setCandidates(four)
  renderInProviders(<PinButton recipe={bits(8)} />)
  const button = screen.getByRole<HTMLButtonElement>('button')
  expect(button.disabled).toBe(true)
  expect(button.title).toContain('Four are pinned')
})

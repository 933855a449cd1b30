import { expect, it } from 'vitest'
import { recipeWith } from '../../testing/studio/recipe-with'
import { pruningFor } from './pruning-for'
import { defaultTrainingSettings, effectiveSettings } from './training-settings'

const { pruning } = defaultTrainingSettings
const half = { value: 0.5 }
const small = recipeWith({ prune: half, quantize: { bits: 2 } })

it.each([
  ['nothing but pruning', recipeWith({ prune: half }), 3, 'iterative'],
  ['codes of three bits', recipeWith({ prune: half, quantize: { bits: 3 } }), 20, 'iterative'],
  ['codes of two bits', small, 20, 'oneShot'],
  [
    'codes of two bits in one layer',
    recipeWith({ prune: half, quantize: { bits: 8, overrides: { last: { bits: 2 } } } }),
    20,
    'oneShot',
  ],
  ['epochs that leave no round its training', recipeWith({ prune: half }), 2, 'oneShot'],
] as const)('removes by itself as fits: %s', (_, recipe, epochs, schedule) => {
  expect(pruningFor({ ...pruning, regrowth: true }, recipe, epochs)).toEqual({
    ...pruning,
    schedule,
    regrowth: false,
  })
})

it('does what somebody has chosen, and a run says which it was', () => {
  const chosen = { ...pruning, schedule: 'polynomial', regrowth: true } as const
  expect(pruningFor(chosen, small, 1)).toEqual(chosen)
  expect(effectiveSettings(defaultTrainingSettings, small, 1).pruning.schedule).toBe('oneShot')
})

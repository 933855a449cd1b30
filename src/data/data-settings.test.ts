import { expect, it } from 'vitest'
import { dataSettingsSchema, preparationsOf, withPreparations, withTried } from './data-settings'
import type { DataSettings } from './data-settings'
import { withColor, withScale } from './preparation'
import type { Preparation } from './preparation'

const colour: Preparation = {
  ...{ fit: 'stretch', height: 8, width: 8, color: 'rgb', mean: [0, 0, 0], std: [1, 1, 1] },
}
const grey: Preparation = { ...withColor(colour, 'grey'), height: 4, width: 6 }
const one: DataSettings = { task: 'classification', preparation: colour, classMap: null }

it('says of one input what it always said', () => {
  expect(withPreparations(one, [colour])).toEqual(one)
  expect(Object.keys(withPreparations(one, [colour]))).not.toContain('morePreparations')
})

it('tries on all pictures what is tried on the first of them, each in its own size and colours', () => {
  const settings = withPreparations(one, [null, colour, grey])
  expect(dataSettingsSchema().parse(settings)).toEqual(settings)
  const tried = { ...withScale(withColor(colour, 'bgr'), 'imagenet'), fit: 'crop' } as const
  const greyTried = { ...withScale(grey, 'imagenet'), fit: 'crop' }
  expect(preparationsOf(withTried(settings, tried))).toEqual([null, tried, greyTried])
  // What is in use stays in use, however the inputs differ.
  const differing = withPreparations(one, [colour, withScale(grey, 'signed')])
  expect(withTried(differing, { ...colour })).toBe(differing)
})

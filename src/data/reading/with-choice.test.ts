import { expect, it } from 'vitest'
import { inputsChoice } from './input-choices'
import { withChoice } from './with-choice'

it('takes an array back from labels, or from samples, whichever was chosen first', () => {
  const given = (source: string) => inputsChoice([{ input: 'left', from: [source] }])
  const labelsArray = ['q']
  expect(withChoice({ labelsArray }, 'inputsFrom', given('q'))).toEqual({ inputsFrom: given('q') })
  expect(withChoice({ labelsArray }, 'inputsFrom', given('p'))).toEqual({
    labelsArray,
    inputsFrom: given('p'),
  })
  expect(withChoice({ labelsArray }, 'samplesArray', ['q'])).toEqual({ samplesArray: ['q'] })
  expect(withChoice({ samplesArray: ['q'] }, 'labelsArray', ['q'])).toEqual({ labelsArray })
  expect(withChoice({ labelsArray }, 'axisOrder', ['q'])).toEqual({
    labelsArray,
    axisOrder: ['q'],
  })
})

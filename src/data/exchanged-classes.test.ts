import { describe, expect, it } from 'vitest'
import { exchangedClasses } from './exchanged-classes'

/** Each class with so many samples, answered as `answers` says, but for some that are answered as class 0. */
function confusionOf(answers: readonly number[], samples = 10, astray = 2): number[] {
  const classes = answers.length
  const confusion = Array.from({ length: classes * classes }, () => 0)
  answers.forEach((answer, label) => {
    const put = (column: number, count: number): void => {
      const at = label * classes + column
      confusion[at] = (confusion[at] ?? 0) + count
    }
    put(answer, samples - astray)
    put(0, astray)
  })
  return confusion
}

describe('classes that are answered as each other', () => {
  it('are those of folders in the order of texts, from eleven on', () => {
    // 0, 1, 10, 11, 2, 3 ...: the label's place among texts.
    const places = [0, 1, 4, 5, 6, 7, 8, 9, 10, 11, 2, 3]
    expect(exchangedClasses(confusionOf(places))).toBe(10)
  })

  it('are two whose names were taken for one another', () => {
    expect(exchangedClasses(confusionOf([0, 1, 3, 2, 4]))).toBe(2)
  })

  it('are none where a model is right, answers one class alone, or confuses one way', () => {
    expect(exchangedClasses(confusionOf([0, 1, 2, 3]))).toBe(0)
    expect(exchangedClasses(confusionOf([2, 2, 2, 2], 10, 0))).toBe(0)
    expect(exchangedClasses(confusionOf([0, 2, 2, 3]))).toBe(0)
  })

  it('are none where no answer has more than half, or nothing was measured', () => {
    expect(exchangedClasses([5, 5, 5, 5])).toBe(0)
    expect(exchangedClasses([0, 0, 0, 0])).toBe(0)
    expect(exchangedClasses([])).toBe(0)
  })
})

import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { withChoice } from '../../data/reading/with-choice'
import { keptChoices, withChoices } from './kept-choices'

const schema = z.object({ name: z.string(), ...keptChoices }).transform(withChoices)

describe('choices that were kept', () => {
  it.each([
    ['by an older studio', { labelColumns: ['price'] }, { labelColumns: ['price'] }],
    ['by an older studio, as guessed', { labelColumns: null }, {}],
    ['unlabelled', { labelColumns: [] }, { labelColumns: [] }],
    ['as they are now', { choices: { tableHeader: ['no'] } }, { tableHeader: ['no'] }],
  ])('%s', (_, kept, choices) => {
    expect(schema.parse({ name: 'mine', ...kept })).toEqual({ name: 'mine', choices })
  })

  it('of a kind that nobody knows are refused', () => {
    expect(schema.safeParse({ name: 'mine', choices: { colour: ['red'] } }).success).toBe(false)
  })

  it('lose the columns with the header that named them', () => {
    const chosen = { labelColumns: ['a'], tableDecimal: [','] }
    expect(withChoice(chosen, 'tableHeader', ['no'])).toEqual({
      tableHeader: ['no'],
      tableDecimal: [','],
    })
    expect(withChoice(chosen, 'tableDecimal', null)).toEqual({ labelColumns: ['a'] })
  })
})

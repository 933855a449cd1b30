import { describe, expect, it } from 'vitest'
import { matchClasses, parseClassNames } from './class-names'

describe('a list of class names', () => {
  it.each([
    ['lines', 'cat\r\n dog \nbird\n', ['cat', 'dog', 'bird']],
    ['a JSON list', '["cat", "dog"]', ['cat', 'dog']],
    ['names by output', '{"1": "dog", "0": "cat"}', ['cat', 'dog']],
    ['outputs by name', '{"dog": 1, "cat": 0}', ['cat', 'dog']],
    ['the index of ImageNet', '{"0": ["n1", "tench"], "1": ["n2", "shark"]}', ['tench', 'shark']],
  ])('is read from %s', (_, text, names) => {
    expect(parseClassNames('names', text)).toEqual(names)
  })

  it.each(['', 'one', '["a", 2]', '{"0": "a", "9": "b"}', '{"a": "b"}', '[1', 'a\n\nb'])(
    'is refused: %j',
    (text) => {
      expect(() => parseClassNames('names', text)).toThrow(/data\/class-names/)
    },
  )
})

it('classes meet by name, whatever their spelling', () => {
  expect(matchClasses(['Hot-Dog', 'été', 'cat'], ['ete', 'hot_dog'])).toEqual([1, 0, -1])
})

import { describe, expect, it } from 'vitest'
import { parseClassNames } from './class-names'

describe('a list of class names', () => {
  it.each([
    ['lines', 'cat\r\n dog \nbird\n', ['cat', 'dog', 'bird']],
    ['a JSON list', '["cat", "dog"]', ['cat', 'dog']],
    ['names by output', '{"1": "dog", "0": "cat"}', ['cat', 'dog']],
    ['outputs by name', '{"dog": 1, "cat": 0}', ['cat', 'dog']],
    ['outputs as texts', '{"dog": "1", "cat": "0"}', ['cat', 'dog']],
    ['numbered lines', '0 Rock\n1 Paper\n2 Scissors\n', ['Rock', 'Paper', 'Scissors']],
    ['lines numbered from 1, out of order', '2: b b\n1: a\n3: c', ['a', 'b b', 'c']],
    ['names that begin with a number', '3 doors\n5 doors', ['3 doors', '5 doors']],
    ['names that are numbers', '0\n1\n2', ['0', '1', '2']],
    ['Teachable Machine', '{"tmVersion": "2", "labels": ["Rock", "Paper"]}', ['Rock', 'Paper']],
    ['its sounds', '{"wordLabels": ["clap", "snap"]}', ['clap', 'snap']],
    [
      'Hugging Face',
      '{"id2label": {"1": "b", "0": "a"}, "label2id": {"a": 0, "b": 1}}',
      ['a', 'b'],
    ],
    ['label2id alone', '{"x": 1, "label2id": {"b": 1, "a": 0}}', ['a', 'b']],
    [
      'ml5',
      '{"inputUnits": [2], "outputs": {"color": {"dtype": "string", "uniqueValues": ["r", "g"], "legend": {"g": [0, 1], "r": [1, 0]}}}}',
      ['r', 'g'],
    ],
    ['classes of which one is called labels', '{"labels": 1, "cat": 0}', ['cat', 'labels']],
    ['the index of ImageNet', '{"0": ["n1", "tench"], "1": ["n2", "shark"]}', ['tench', 'shark']],
  ])('is read from %s', (_, text, names) => {
    expect(parseClassNames('names', text)).toEqual(names)
  })

  it.each([
    '',
    'one',
    '["a", 2]',
    '{"0": "a", "9": "b"}',
    '{"a": "b"}',
    '[1',
    'a\n\nb',
    '{"a": 0, "b": 0}',
    '{"labels": []}',
    '{"__proto__": ["a", "b"]}',
    `a\n${'b'.repeat(1001)}`,
  ])('is refused: %j', (text) => {
    expect(() => parseClassNames('names', text)).toThrow(/data\/class-names/)
  })
})

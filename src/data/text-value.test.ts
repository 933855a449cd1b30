import { describe, expect, it } from 'vitest'
import { valueOfText } from './text-value'

const yaml = (text: string): Promise<unknown> => valueOfText('data.yaml', text)
const thousand = Array.from({ length: 1000 }, (_, at) => `a rather long name ${at}`)

describe('YAML', () => {
  it.each<[string, string, unknown]>([
    ['keys with marks', '? a\n: b\n', { a: 'b' }],
    ['an anchor and a tag', 'a: &x !!str 1\nb: *x\n', { a: '1', b: '1' }],
    ['a thousand names in a line', `names: [${thousand.join(', ')}]`, { names: thousand }],
    [
      'signs between words',
      Array.from({ length: 200 }, (_, at) => `- what & who ! ${at}?`).join('\n'),
      Array.from({ length: 200 }, (_, at) => `what & who ! ${at}?`),
    ],
    ['lists in lists', `${'- '.repeat(3)}a`, [[['a']]]],
    [
      'as many anchors as are read',
      `- &a\n${'- &a x\n'.repeat(63)}`,
      ['', ...Array.from({ length: 63 }, () => 'x')],
    ],
  ])('says %s', async (_, text, value) => {
    expect(await yaml(text)).toEqual(value)
  })

  it.each<[string, string]>([
    ['keys of keys', `${'? '.repeat(120_000)}a`],
    ['keys below keys', '?\n'.repeat(65)],
    ['anchors and tags', `${'&a !!str '.repeat(20_000)}a`],
    ['anchors', '- &a x\n'.repeat(65)],
    ['tags', '- !!str x\n'.repeat(65)],
    ['bare tags', `${'! '.repeat(66)}a`],
    ['bare anchors', `${'& '.repeat(66)}a`],
    ['lists in lists', `${'- '.repeat(65)}a`],
    ['lists in lists, with tags between them', `${`${'- '.repeat(10)}!!seq `.repeat(7)}a`],
    [
      'lists in steps',
      Array.from({ length: 80 }, (_, at) => `${' '.repeat(4 * at)}- - a`).join('\n'),
    ],
    ['brackets', `${'['.repeat(65)}${']'.repeat(65)}`],
    ['a long line', `a: ${'b'.repeat(2 ** 15)}`],
    ['a long text', '# a\n'.repeat(2 ** 16 + 1) + 'a: b'],
  ])('has no value with %s without end', async (_, text) => {
    expect(await yaml(text)).toBeNull()
  })

  it('is read to the end where much of it is wrong', async () => {
    await expect(yaml(`[${','.repeat(30_000)}]`)).rejects.toThrow('Unexpected , in flow sequence')
  })
})

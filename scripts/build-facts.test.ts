// @vitest-environment node
import { expect, it } from 'vitest'
import { sourceAddress } from './build-facts.ts'

it.each([
  [undefined, undefined, undefined],
  ['', 'https://code.example/a', undefined],
  [undefined, 'https://code.example/a.git', 'https://code.example/a'],
  [undefined, { url: 'git+https://code.example/a.git' }, 'https://code.example/a'],
  [
    'https://mirror.example/b',
    { url: 'git+https://code.example/a.git' },
    'https://mirror.example/b',
  ],
  // What no browser follows, or follows elsewhere than to a page.
  [undefined, 'git@code.example:a.git', undefined],
  [undefined, 'owner/name', undefined],
  ['javascript:alert(1)', undefined, undefined],
] as const)('told %j, written %j: the source is at %j', (told, written, address) => {
  expect(sourceAddress(told, written)).toBe(address)
})

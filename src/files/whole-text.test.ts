import { describe, expect, it } from 'vitest'
import { wholeText } from './whole-text'

const utf16 = (text: string, little: boolean): number[] =>
  text.split('').flatMap((letter) => {
    const code = letter.charCodeAt(0)
    return little ? [code & 255, code >> 8] : [code >> 8, code & 255]
  })

describe('the text of a small file', () => {
  it.each<[string, Uint8Array]>([
    ['UTF-8', new TextEncoder().encode('cat\nTür')],
    ['UTF-8 with a mark', new TextEncoder().encode('\uFEFFcat\nTür')],
    ['UTF-16 with a mark', Uint8Array.from([0xff, 0xfe, ...utf16('cat\nTür', true)])],
    ['UTF-16, the other way round', Uint8Array.from([0xfe, 0xff, ...utf16('cat\nTür', false)])],
    ['UTF-16 without a mark', Uint8Array.from(utf16('cat\nTür', true))],
    [
      'an old encoding',
      Uint8Array.from(
        'cat\nT'
          .split('')
          .map((c) => c.charCodeAt(0))
          .concat(0xfc, 0x72),
      ),
    ],
  ])('is read from %s', (_, bytes) => {
    expect(wholeText(bytes)).toBe('cat\nTür')
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodedOrNull, isUtf8, likelyEncoding, likelyUtf16 } from './likely-encoding'
import type { TextEncoding } from './likely-encoding'

// Bytes as Python writes them: text.encode(encoding).
const written: [TextEncoding, string, string][] = [
  ['windows-1252', 'größe,grün\n', '6772f6df652c6772fc6e0a'],
  [
    'windows-1252',
    'café,naïve,Température °C',
    '636166e92c6e61ef76652c54656d70e972617475726520b043',
  ],
  ['windows-1250', 'żółty,czerwień\n', 'bff3b374792c637a6572776965f10a'],
  ['windows-1251', 'кошка,собака,label', 'eaeef8eae02cf1eee1e0eae02c6c6162656c'],
  ['gbk', '猫\n狗\n马', 'c3a80ab9b70ac2ed'],
  ['gbk', '长度,宽度,标签\n1,2,健康', 'b3a4b6c82cbfedb6c82cb1eac7a90a312c322cbda1bfb5'],
  ['big5', '貓,狗,馬', 'bfdf2caaaf2cb0a8'],
  ['shift_jis', 'ねこ,いぬ,馬', '82cb82b12c82a282ca2c946e'],
  ['shift_jis', '犬,猫', '8ca22c944c'],
  ['euc-jp', 'ねこ,いぬ', 'a4cda4b32ca4a4a4cc'],
  ['euc-kr', '고양이,강아지,말', 'b0edbee7c0cc2cb0adbec6c1f62cb8bb'],
  ['windows-1252', 'straße', '73747261df65'],
  ['windows-1252', 'Äpfel,Öl,Übung', 'c47066656c2cd66c2cdc62756e67'],
  ['windows-1251', 'Москва,Питер', 'cceef1eae2e02ccfe8f2e5f0'],
  [
    'gbk',
    '花萼长度,花萼宽度,种类\n1,2,山鸢尾',
    'bba8dde0b3a4b6c82cbba8dde0bfedb6c82cd6d6c0e00a312c322cc9bdf0b0ceb2',
  ],
  ['euc-kr', '길이,너비,품종', 'b1e6c0cc2cb3cabaf12cc7b0c1be'],
]

describe('the likely encoding', () => {
  it.each(written)('%s: %j', (encoding, text, hex) => {
    const bytes = new Uint8Array(Buffer.from(hex, 'hex'))
    expect(likelyEncoding(bytes)).toBe(encoding)
    expect(decodedOrNull(bytes, encoding)).toBe(text)
  })

  it('of French words is no Central European one; Node reads œ of windows-1252 as browsers do not', () => {
    const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
    // été,forêt,œuf and cœur,tête
    expect(likelyEncoding(bytes('e974e92c666f72ea742c9c7566'))).toBe('windows-1252')
    expect(likelyEncoding(bytes('639c75722c74ea7465'))).toBe('windows-1252')
    // śnieg and gęś
    expect(likelyEncoding(bytes('9c6e6965672c67ea9c'))).toBe('windows-1250')
  })

  it('of anything in UTF-8 is UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(likelyEncoding(new TextEncoder().encode(text))).toBe('utf-8')
      }),
      { seed: 2, numRuns: 100 },
    )
  })

  it('of any bytes can read them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const found = likelyEncoding(bytes)
        expect(found).not.toBeNull()
        if (found !== null) expect(decodedOrNull(bytes, found)).not.toBeNull()
        expect(found === 'utf-8').toBe(isUtf8(bytes))
      }),
      { seed: 3, numRuns: 200 },
    )
  })

  it('of plain text in two bytes is known without a mark', () => {
    const little = new Uint8Array(Buffer.from('a,b,label', 'utf16le'))
    expect(likelyUtf16(little)).toBe('utf-16le')
    expect(likelyUtf16(little.slice(1))).toBe('utf-16be')
    expect(likelyUtf16(new TextEncoder().encode('a,b,label'))).toBeNull()
  })
})

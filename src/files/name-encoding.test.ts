import { describe, expect, it } from 'vitest'
import { encodedName } from '../../testing/files/encoded-names'
import { foreignWords } from '../../testing/files/foreign-words'
import { decodedName, guessNames, likelyNameEncoding } from './name-encoding'
import type { NameEncoding } from './name-encoding'

const written: readonly (readonly [NameEncoding, readonly string[]])[] = [
  ['utf-8', ['größe/1.png', '猫/2.png']],
  ['gbk', ['数据/中/000.png', '数据/文/100.png']],
  ['gbk', ['猫/1.jpg', '狗/1.jpg']],
  ['gbk', ['训练集/苹果/1.jpg', '训练集/香蕉/2.jpg']],
  ['gbk', ['照片/上海/1.jpg', '照片/北京/2.jpg']],
  ['gbk', ['新建文件夹/类别一/1.jpg']],
  ['gbk', ['健康/1.png', '患病/1.png']],
  ['big5', ['貓/1.jpg', '狗/1.jpg', '馬/1.jpg']],
  ['big5', ['資料集/蘋果/1.jpg', '資料集/香蕉/2.jpg']],
  ['big5', ['照片/臺北/1.jpg', '照片/高雄/2.jpg']],
  ['big5', ['訓練/交通號誌/1.jpg']],
  ['shift_jis', ['犬/000.png', '猫/100.png']],
  ['shift_jis', ['データ/りんご/1.png', 'データ/みかん/1.png']],
  ['shift_jis', ['画像/花/1.png', '画像/車/1.png']],
  ['shift_jis', ['写真/東京/1.png', '表/ソ/1.png']],
  ['euc-jp', ['ねこ/1.png', 'いぬ/1.png', '画像/1.png']],
  ['euc-kr', ['고양이/1.png', '강아지/1.png']],
  ['euc-kr', ['사과/1.png', '바나나/1.png']],
  ['euc-kr', ['사진/서울/1.png', '사진/부산/1.png']],
  ['euc-kr', ['학습데이터/개/1.png', '학습데이터/말/1.png']],
  ['cp437', ['ärger/000.png', 'öl/100.png']],
  ['cp437', ['Äpfel/1.png', 'Birnen/1.png', 'Öl/1.png', 'Brötchen/1.png']],
  ['cp437', ['Größe.bin']],
  ['cp437', ['Straße/Müller.png']],
  ['cp437', ['niño/1.png', 'año/1.png']],
  ['cp437', ['café/1.png', 'crème brûlée/1.png']],
  ['windows-1252', ['ärger/000.png', 'öl/100.png']],
  ['windows-1252', ['Äpfel/1.png', 'Öl/1.png', 'Brötchen/1.png']],
  ['windows-1252', ['café/1.png', 'crème brûlée/1.png']],
  ['windows-1252', ['niño/1.png', 'señal/1.png']],
  ['windows-1250', ['żółty/1.png', 'czerwień/1.png']],
  ['windows-1251', ['кошка/1.png', 'собака/1.png']],
  ['windows-1251', ['КОШКА/1.png', 'СОБАКА/1.png']],
  ['windows-1252', ['été/1.png', 'hiver/1.png', 'forêt/1.png']],
  ['windows-1252', ['père/1.png', 'tête/1.png']],
  ['windows-1250', ['štěně/1.png', 'žába/1.png', 'kůň/1.png']],
  ['windows-1250', ['kočka/1.png', 'pes/1.png']],
  ['windows-1250', ['śnieg/1.png', 'źrebię/1.png', 'łąka/1.png']],
  ['ibm866', ['кошка/1.png', 'собака/1.png', 'сова/1.png', 'свинья/1.png']],
  ['koi8-r', ['кошка/1.png', 'собака/1.png', 'сова/1.png', 'свинья/1.png']],
  ['windows-874', ['แมว/1.png', 'หมา/1.png', 'นกฮูก/1.png', 'หมู/1.png']],
  ['windows-874', ['กล้วย/1.png', 'ส้ม/1.png']],
  ['windows-1253', ['γάτα/1.png', 'σκύλος/1.png', 'κουκουβάγια/1.png', 'γουρούνι/1.png']],
]

describe('the likely encoding of names', () => {
  it.each(written)('%s: %j', (encoding, names) => {
    const bytes = names.map((name) => encodedName(name, encoding))
    const foreign = bytes.filter((name) => name.some((byte) => byte >= 0x80))
    expect(likelyNameEncoding(foreign)).toBe(encoding)
    expect(bytes.map((name) => decodedName(name, encoding))).toEqual(names)
  })

  it.each(foreignWords)(
    'of two names in %s is nearly always found, of five always',
    (encoding, text) => {
      const all = text.split(' ').map((word) => encodedName(`${word}/1.png`, encoding))
      const words = all.filter((name) => name.some((byte) => byte >= 0x80))
      const right = (count: number): number => {
        const starts = words.slice(count - 1).map((_, at) => words.slice(at, at + count))
        return (
          starts.filter((names) => likelyNameEncoding(names) === encoding).length / starts.length
        )
      }
      expect(right(2)).toBeGreaterThan(0.97)
      expect(right(5)).toBe(1)
    },
  )

  it('stays what most of them are where some were cut within a character', () => {
    const cut = encodedName('高高高高.png', 'big5').subarray(0, 5)
    const names = ['資料集/蘋果', '資料集/香蕉', '臺北'].map((name) => encodedName(name, 'big5'))
    expect(likelyNameEncoding([...names, cut])).toBe('big5')
    const mangled = [...encodedName('größe/straße/猫/狗', 'utf-8'), 0x2f, 0xe7]
    expect(likelyNameEncoding([Uint8Array.from(mangled)])).toBe('utf-8')
  })

  it('is not UTF-8 because a letter of another encoding looks like it', () => {
    const many = Array.from({ length: 500 }, (_, at) => encodedName(`数据/图${at}.png`, 'gbk'))
    expect(likelyNameEncoding(many)).toBe('gbk')
  })

  it('is UTF-8 of no names', () => {
    expect(likelyNameEncoding([])).toBe('utf-8')
  })
})

describe('names of two systems', () => {
  const bytesOf = (words: readonly string[], encoding: NameEncoding): readonly Uint8Array[] =>
    words
      .map((word) => encodedName(`${word}/1.png`, encoding))
      .filter((name) => name.some((byte) => byte >= 0x80))

  it.each(foreignWords)('are told apart beside %s, and not made up of it', (encoding, text) => {
    const words = text.split(' ')
    const [old, modern] = [bytesOf(words, encoding), bytesOf(words, 'utf-8')]
    let right = 0
    const starts = old.slice(9).map((_, at) => at)
    for (const start of starts) {
      const own = old.slice(start, start + 5)
      expect(guessNames(own).utf8.size).toBe(0)
      const both = guessNames([...own, ...modern.slice(start + 5, start + 10)])
      if (both.likely === encoding && [...both.utf8].join() === '5,6,7,8,9') right++
    }
    expect(right / starts.length).toBeGreaterThan(0.95)
  })

  it('are not made up of thousands of single characters, some of which are UTF-8 by chance', () => {
    const names: Uint8Array[] = []
    // All of GB 2312: a folder for each, as collections of handwriting have them.
    for (let lead = 0xb0; lead <= 0xf7; lead++)
      for (let trail = 0xa1; trail <= 0xfe; trail++)
        names.push(Uint8Array.of(lead, trail, 0x2f, 0x31))
    expect(guessNames(names)).toEqual({ likely: 'gbk', utf8: new Set() })
  })
})

describe('names that an encoding cannot read', () => {
  it('stay apart', () => {
    const [one, two] = [
      [0xff, 0x31],
      [0xfe, 0x31],
    ].map((bytes) => decodedName(Uint8Array.from(bytes), 'utf-8'))
    expect(one).not.toBe(two)
  })

  it('have no control characters', () => {
    expect(decodedName(Uint8Array.of(0x81, 0x41), 'windows-1252')).toBe('üA')
  })
})

import { describe, expect, it } from 'vitest'
import { encodedName } from '../../testing/files/encoded-names'
import { textBytes } from '../../testing/files/layers-files'
import { zipBytes } from '../../testing/files/zip-bytes'
import type { ZipPart } from '../../testing/files/zip-bytes'
import { crc32 } from '../core/crc32'
import { joinBytes } from '../core/join-arrays'
import { memoryFile } from './file-bundle'
import type { NameEncoding } from './name-encoding'
import { indexZip, readZip } from './zip-archive'
import type { ZipIndex } from './zip-archive'

const go = () => Promise.resolve()

function index(parts: readonly ZipPart[], encoding: NameEncoding | null = null): Promise<ZipIndex> {
  return indexZip(memoryFile('x.zip', zipBytes(parts)), go, encoding)
}

const untold = (name: string, encoding: NameEncoding): ZipPart => ({
  name: encodedName(name, encoding),
  flags: 0,
  data: textBytes(name),
})

const paths = ({ files }: ZipIndex): readonly string[] => files.map(({ path }) => path)

/** The field 0x7075, of this name unless another checksum is given. */
function unicodeExtra(path: string, name: Uint8Array, crc = crc32(name)): Uint8Array {
  const text = textBytes(path)
  const head = new DataView(new ArrayBuffer(9))
  head.setUint16(0, 0x7075, true)
  head.setUint16(2, 5 + text.length, true)
  head.setUint8(4, 1)
  head.setUint32(5, crc, true)
  return joinBytes([new Uint8Array(head.buffer), text])
}

describe('names in a zip', () => {
  it('are UTF-8 by their flag, in a field of their own, or all of them', async () => {
    const old = encodedName('größe.png', 'cp437')
    const found = await index([
      { name: '猫.png' },
      { name: old, flags: 0, extra: unicodeExtra('größe.png', old) },
      { name: 'plain.png', flags: 0 },
    ])
    expect(paths(found)).toEqual(['猫.png', 'größe.png', 'plain.png'])
    expect(found.names.count).toBe(0)
    const mac = await index([{ name: 'café/猫.png', flags: 0 }])
    expect([paths(mac), mac.names]).toEqual([
      ['café/猫.png'],
      { count: 1, likely: 'utf-8', utf8: 0 },
    ])
  })

  it('are not those of a field with the checksum of another name', async () => {
    const name = encodedName('größe.png', 'cp437')
    const found = await index([{ name, flags: 0, extra: unicodeExtra('other.png', name, 7) }])
    expect(paths(found)).toEqual(['größe.png'])
  })

  it('are guessed together, beside others that say what they are', async () => {
    const found = await index([
      { name: 'größe/1.png' },
      untold('数据/中/1.png', 'gbk'),
      untold('数据/文/1.png', 'gbk'),
    ])
    expect(paths(found)).toEqual(['größe/1.png', '数据/中/1.png', '数据/文/1.png'])
    expect(found.names).toEqual({ count: 2, likely: 'gbk', utf8: 0 })
  })

  it('are read as a person says, which changes none that say what they are', async () => {
    const parts = [{ name: '猫/1.png' }, untold('数据/1.png', 'gbk')]
    const found = await index(parts, 'cp437')
    expect(paths(found)).toEqual(['猫/1.png', '╩²╛▌/1.png'])
    expect(found.names).toEqual({ count: 1, likely: 'gbk', utf8: 0 })
  })

  it.each<[NameEncoding, string, string]>([
    ['gbk', '数据/猫/1.png 数据/狗/2.png 数据/马/3.png', '数据/鸟/4.png 數據/größe/5.png'],
    ['shift_jis', 'データ/犬/1.png データ/猫/2.png', 'データ/鳥/3.png'],
    ['big5', '資料集/蘋果/1.jpg 資料集/香蕉/2.jpg', '資料集/葡萄/3.jpg'],
    ['cp437', 'Größe/1.png Äpfel/2.png', 'Öl/3.png Brötchen/4.png Müll/5.png'],
    ['euc-kr', '고양이/1.png 강아지/2.png', '사과/3.png'],
    ['windows-1251', 'кошка/1.png собака/2.png', 'сова/3.png свинья/4.png'],
  ])('of two systems, %s and UTF-8, are each read in its own', async (encoding, old, modern) => {
    const [older, newer] = [old.split(' '), modern.split(' ')]
    const found = await index([
      ...newer.map((name) => untold(name, 'utf-8')),
      ...older.map((name) => untold(name, encoding)),
    ])
    expect(paths(found)).toEqual([...newer, ...older])
    expect(found.names).toEqual({
      count: older.length + newer.length,
      likely: encoding,
      utf8: newer.length,
    })
  })

  it('of two systems are read as a person says but for those that are UTF-8', async () => {
    const parts = [untold('数据/鸟/1.png', 'utf-8'), untold('数据/狗/2.png', 'gbk')]
    expect(paths(await index(parts, 'cp437'))).toEqual(['数据/鸟/1.png', '╩²╛▌/╣╖/2.png'])
    expect(paths(await index(parts))).toEqual(['数据/鸟/1.png', '数据/狗/2.png'])
  })

  it('of one system are read in one encoding, though some look like UTF-8', async () => {
    // 图 of GBK is a letter of UTF-8 as well, and 佟 is rare.
    const names = ['图/1.png', '佟/2.png', '图/猫.png', '狗/3.png', '马/4.png']
    const found = await index(names.map((name) => untold(name, 'gbk')))
    expect([paths(found), found.names.utf8]).toEqual([names, 0])
    const cut = {
      name: encodedName('数据/猫', 'gbk').subarray(0, 6),
      flags: 0,
      data: textBytes('x'),
    }
    const more = await index([...names.map((name) => untold(name, 'gbk')), cut])
    expect([paths(more).slice(0, -1), more.names.utf8]).toEqual([names, 0])
  })

  it('that cannot be read stay as many as there are', async () => {
    const parts = [0xfd, 0xfe, 0xff].map((byte) => ({
      name: Uint8Array.of(0x61, byte),
      flags: 1 << 11,
      data: Uint8Array.of(byte),
    }))
    for (const encoding of [null, 'utf-8', 'gbk'] as const) {
      const { files } = await index(parts, encoding)
      expect(new Set(files.map(({ path }) => path)).size).toBe(3)
      expect(await Promise.all(files.map((file) => file.read(0, 1)))).toEqual(
        [0xfd, 0xfe, 0xff].map((byte) => Uint8Array.of(byte)),
      )
    }
  })

  it('of one text in two codes stay two', async () => {
    // Shift-JIS has the sign ∵ twice.
    const parts = [
      [0x81, 0xe6],
      [0x87, 0x9a],
    ].map((bytes) => ({ name: Uint8Array.from(bytes), flags: 0 }))
    expect(paths(await index(parts, 'shift_jis'))).toEqual(['∵', 'çÜ'])
  })

  it('have folders by backslashes, but none that leave', async () => {
    const found = await index([
      { name: 'shapes\\', flags: 0 },
      { name: 'shapes\\cat\\1.png', flags: 0 },
      { name: 'shapes/dog\\2.png' },
    ])
    expect(paths(found)).toEqual(['shapes/cat/1.png', 'shapes/dog/2.png'])
    expect(found.folders).toEqual(['shapes'])
    // 表 is 0x95 0x5C: its second byte is no backslash.
    expect(paths(await index([untold('表/ソ.png', 'shift_jis')]))).toEqual(['表/ソ.png'])
    for (const name of [
      'cat\\..\\..\\a.png',
      '\\a.png',
      '..\\a.png',
      'D:\\a.png',
      '\\\\host\\a.png',
    ])
      await expect(index([{ name, flags: 0 }])).rejects.toMatchObject({
        code: 'open/zip-path',
        params: { entry: name },
      })
    await expect(index([{ name: 'a/b.png' }, { name: 'a\\b.png' }])).rejects.toMatchObject({
      code: 'open/zip-damaged',
      params: { reason: 'two entries are called a/b.png' },
    })
  })

  it('are judged in the encoding in which they are read', async () => {
    // In Shift-JIS 0x95 0x2E is nothing, and 0x2E 0x2E leaves the folder.
    const name = Uint8Array.from([0x95, 0x5c, 0x2f, 0x2e, 0x2e, 0x5c, 0x61])
    await expect(index([{ name, flags: 0 }])).rejects.toMatchObject({ code: 'open/zip-path' })
    await expect(index([{ name, flags: 0 }], 'gbk')).rejects.toMatchObject({
      code: 'open/zip-path',
    })
  })

  it('list folders and what systems leave', async () => {
    const found = await index([
      { name: 'a/' },
      { name: 'b', says: { attributes: 16 } },
      { name: 'a/.DS_Store' },
      { name: '__MACOSX/a/._1.png' },
      { name: 'a/1.png' },
    ])
    expect(found).toMatchObject({
      folders: ['a', 'b'],
      clutter: ['a/.DS_Store', '__MACOSX/a/._1.png'],
      files: [{ path: 'a/1.png' }],
    })
  })

  it('may begin with the folder itself, as tar writes them', async () => {
    const found = await index([
      { name: './' },
      { name: './cat/' },
      { name: './cat/0.png' },
      { name: '.\\dog\\1.png', flags: 0 },
      { name: 'a/./b.png' },
      { name: './@eaDir/0.png' },
    ])
    expect(paths(found)).toEqual(['cat/0.png', 'dog/1.png', 'a/b.png'])
    expect([found.folders, found.clutter]).toEqual([['cat'], ['@eaDir/0.png']])
    for (const name of ['./../a.png', './/a.png', '.', './D:/../a.png'])
      await expect(index([{ name }])).rejects.toMatchObject({ code: 'open/zip-path' })
    await expect(index([{ name: './a.png' }, { name: 'a.png' }])).rejects.toMatchObject({
      code: 'open/zip-damaged',
    })
    const model = zipBytes([{ name: './model.json' }, { name: './weights.bin' }])
    const files = await readZip(memoryFile('x.zip', model), go)
    expect(files.map(({ path }) => path)).toEqual(['model.json', 'weights.bin'])
  })

  it('of the files of a model are read alike', async () => {
    const zip = zipBytes([untold('模型\\权重.bin', 'gbk'), untold('模型\\model.json', 'gbk')])
    const files = await readZip(memoryFile('x.zip', zip), go)
    expect(files.map(({ path }) => path)).toEqual(['模型/权重.bin', '模型/model.json'])
  })
})

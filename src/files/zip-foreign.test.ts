import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { textBytes } from '../../testing/files/layers-files'
import { isStudioError } from '../core/errors'
import { memoryFile } from './file-bundle'
import type { FileBundle } from './file-bundle'
import { readZip } from './zip-archive'

/** The same three files, packed by what people pack with; `testing/files/zips/README.md` says how. */
function packed(name: string): Promise<FileBundle> {
  const bytes = new Uint8Array(readFileSync(`testing/files/zips/${name}.zip`))
  return readZip(memoryFile('x.zip', bytes), () => Promise.resolve())
}

const contents = async (files: FileBundle): Promise<Record<string, Uint8Array>> =>
  Object.fromEntries(
    await Promise.all(files.map(async (file) => [file.path, await file.read(0, file.size)])),
  ) as Record<string, Uint8Array>

const model = textBytes('{"a":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}')
const files = {
  'net/model.json': model,
  'net/größe.bin': Uint8Array.from({ length: 40 }, (_, index) => index),
  'net/empty.bin': new Uint8Array(0),
}

describe('archives of other packers', () => {
  test.each([
    'infozip',
    'infozip-zip64',
    'infozip-streamed',
    'python-stored',
    'python-streamed-zip64',
    '7z',
    'macos',
  ])('%s', async (name) => {
    expect(await contents(await packed(name))).toEqual(files)
  })

  test('Java writes its manifest beside them', async () => {
    const { 'META-INF/MANIFEST.MF': manifest, ...others } = await contents(await packed('jar'))
    expect(others).toEqual(files)
    expect(manifest).toHaveLength(55)
  })

  test('of a pipe there is no name', async () => {
    expect(await contents(await packed('infozip-from-pipe'))).toEqual({ '-': model })
  })

  test('names from before Unicode', async () => {
    expect(await contents(await packed('cp437'))).toEqual({ 'größe.bin': textBytes('old names') })
  })

  test.each([
    ['7z-deflate64', 'open/zip-method', 9],
    ['7z-lzma', 'open/zip-method', 14],
    ['7z-aes', 'open/zip-encrypted', undefined],
    ['infozip-encrypted', 'open/zip-encrypted', undefined],
  ])('%s is refused by name', async (name, code, method) => {
    const refused: unknown = await packed(name).catch((error: unknown) => error)
    if (!isStudioError(refused)) throw new Error('unpacked')
    expect([refused.code, refused.params['method']]).toEqual([code, method])
  })
})

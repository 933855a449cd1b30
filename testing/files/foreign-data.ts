/** Models and data that are not the samples', as files of a drop. */
import { readFileSync } from 'node:fs'
import { encode } from 'fast-png'
import { zipSync } from 'fflate'
import { createRandom } from '../../src/core/random'
import { shapeOutputs, shapePicture } from './shape-pictures'

const folder = 'e2e/fixtures/shapes-model'

/** A network trained on shapes: 32 x 32, blue first, -1 to 1, outputs in no alphabetical order. */
export function shapesModel(): ReadonlyMap<string, Uint8Array> {
  return new Map(
    ['model.json', 'weights.bin'].map((name) => [
      name,
      new Uint8Array(readFileSync(`${folder}/${name}`)),
    ]),
  )
}

/** The names of its outputs, one a line. */
export function shapeNames(): string {
  return shapeOutputs.join('\n')
}

/** Pictures of shapes as PNG by path, one folder a class. */
export function shapePictures(count: number, seed = 9): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  for (let index = 0; index < count; index++) {
    const { shape, image } = shapePicture(seed, index)
    const { height, width, data } = image
    files.set(
      `${shape}/${index}.png`,
      encode({ height, width, data: Uint8Array.from(data), channels: 4 }),
    )
  }
  return files
}

export function zipOf(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  return zipSync(Object.fromEntries(files), { level: 0 })
}

/** A version 1 .npy file, as NumPy writes it. */
export function npyBytes(
  descr: '|u1' | '<i4' | '<f4' | '<f8',
  shape: readonly number[],
  values: ArrayLike<number>,
): Uint8Array {
  const data =
    descr === '|u1'
      ? Uint8Array.from(values)
      : descr === '<i4'
        ? Int32Array.from(values)
        : descr === '<f4'
          ? Float32Array.from(values)
          : Float64Array.from(values)
  return npyFile(descr, shape, new Uint8Array(data.buffer))
}

/** The same of texts: code points or bytes, filled up with zeros. */
export function npyTexts(
  descr: `${'<U' | '>U' | '|S'}${number}`,
  shape: readonly number[],
  texts: readonly string[],
): Uint8Array {
  const width = Number(descr.slice(2))
  const isWide = descr[1] === 'U'
  const data = new Uint8Array(texts.length * width * (isWide ? 4 : 1))
  const view = new DataView(data.buffer)
  texts.forEach((text, row) => {
    if (isWide)
      Array.from(text).forEach((letter, at) => {
        view.setUint32(4 * (row * width + at), letter.codePointAt(0) ?? 0, descr.startsWith('<'))
      })
    else data.set(new TextEncoder().encode(text), row * width)
  })
  return npyFile(descr, shape, data)
}

/** With the type and the values as they are given. */
export function npyFile(descr: string, shape: readonly number[], data: Uint8Array): Uint8Array {
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sides}), }`
  const length = 64 * Math.ceil((10 + dict.length + 1) / 64) - 10
  const header = `${dict.padEnd(length - 1)}\n`
  const bytes = new Uint8Array(10 + length + data.byteLength)
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, length & 255, length >> 8])
  for (let i = 0; i < header.length; i++) bytes[10 + i] = header.charCodeAt(i)
  bytes.set(data, 10 + length)
  return bytes
}

/** y = 2a - 3b + c / 2 + 1 with noise, as a table whose last column is y. */
export function regressionTable(rows: number): string {
  const random = createRandom(5)
  const lines = Array.from({ length: rows }, () => {
    const [a, b, c] = [random.normal(), random.normal(), random.normal()]
    const y = 2 * a - 3 * b + c / 2 + 1 + 0.1 * random.normal()
    return [a, b, c, y].map((value) => value.toFixed(5)).join(',')
  })
  return `a,b,c,price\n${lines.join('\n')}\n`
}

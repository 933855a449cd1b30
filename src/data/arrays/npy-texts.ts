import type { Between } from '../../files/between'
import type { BundleFile } from '../../files/file-bundle'
import { decodedOrNull, likelyEncoding } from '../../files/likely-encoding'
import { checkedCount } from '../numbers'
import { requireUsableShape } from './array-source'
import type { TextArray } from './array-source'
import { readNpyHead, readNpyValues } from './npy'

const TEXT_TYPE = /^([|<>=]?)([US])(\d+)$/

/** Whether a NumPy array holds texts: `<U5` of code points or `|S5` of bytes. */
export async function isNpyTexts(file: BundleFile): Promise<boolean> {
  return TEXT_TYPE.test((await readNpyHead(file)).descr)
}

/**
 * Reads a NumPy array of texts. Of more than one axis in Fortran order the texts come in the file's order.
 * @throws StudioError 'data/length', 'data/too-large', 'data/is-empty', 'open/not-read'
 */
export async function readNpyTexts(file: BundleFile, between: Between): Promise<TextArray> {
  const head = await readNpyHead(file)
  const { shape } = head
  const [, order = '', kind = '', length = '0'] = TEXT_TYPE.exec(head.descr) ?? []
  const count = checkedCount(file.path, shape)
  requireUsableShape(file.path, shape)
  const width = Number(length) * (kind === 'U' ? 4 : 1)
  const bytes = await readNpyValues(file, head, count * width)
  const encoding = kind === 'S' ? (likelyEncoding(bytes) ?? 'utf-8') : 'utf-8'
  const values: string[] = []
  for (let index = 0; index < count; index++) {
    if (index % 4096 === 0) await between(index, count)
    const cell = bytes.subarray(index * width, (index + 1) * width)
    values.push(
      kind === 'U'
        ? fromCodePoints(cell, order !== '>')
        : (decodedOrNull(cell.subarray(0, textEnd(cell)), encoding) ?? ''),
    )
  }
  return { file: file.path, shape, values }
}

/** NumPy fills texts up with zeros. */
function textEnd(bytes: Uint8Array): number {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end--
  return end
}

function fromCodePoints(bytes: Uint8Array, little: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let text = ''
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const point = view.getUint32(at, little)
    text += point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd'
  }
  return text.replace(/\0+$/, '')
}

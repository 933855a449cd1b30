import { readFileSync } from 'node:fs'
import { zipSync } from 'fflate'
import { memoryFile } from '../../src/files/file-bundle'
import type { ErrorCode } from '../../src/core/errors'
import type { BundleFile, FileBundle } from '../../src/files/file-bundle'
import type { BrokenCase } from './refusals'

/** A file that Keras, tf-keras or h5py has written; see scripts/writers. */
export function writtenBytes(path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(path))
}

export const kerasBytes = (name: string): Uint8Array<ArrayBuffer> =>
  writtenBytes(`testing/models/keras/${name}`)

export const kerasFile = (name: string): BundleFile => memoryFile(name, kerasBytes(name))

/** Where some bytes begin; `nth` of several. */
export function placeOf(bytes: Uint8Array, text: string, nth = 0): number {
  const wanted = Array.from(text, (char) => char.charCodeAt(0))
  let left = nth
  for (let at = 0; at + wanted.length <= bytes.length; at++)
    if (wanted.every((byte, index) => bytes[at + index] === byte) && left-- === 0) return at
  throw new Error(`${text} is not there`)
}

/** model.h5 of tf-keras, after a change to its bytes. */
function changedH5(
  change: (bytes: Uint8Array<ArrayBuffer>, view: DataView) => unknown,
): FileBundle {
  const bytes = kerasBytes('small.tfkeras.h5')
  const other = change(bytes, new DataView(bytes.buffer))
  return [memoryFile('model.h5', other instanceof Uint8Array ? other : bytes)]
}

/** A change of model.h5 of tf-keras, and the sentence that it is refused with. */
export const brokenH5 = (
  name: string,
  change: Parameters<typeof changedH5>[0],
  message: string,
  code: ErrorCode = 'open/h5-damaged',
): BrokenCase => ({ name, files: () => changedH5(change), code, message })

/** Puts other letters in the place of some. */
export function written(bytes: Uint8Array, before: string, after: string, nth = 0): void {
  if (before.length !== after.length) throw new Error('another length')
  bytes.set(
    Array.from(after, (char) => char.charCodeAt(0)),
    placeOf(bytes, before, nth),
  )
}

/** What lies in a .keras file of Keras 3, as it is stored there. */
function kerasMembers(): Record<string, Uint8Array<ArrayBuffer>> {
  const zip = kerasBytes('small.keras3.keras')
  const members: Record<string, Uint8Array<ArrayBuffer>> = {}
  const view = new DataView(zip.buffer)
  for (let at = 0; view.getUint32(at, true) === 0x04034b50;) {
    const [size, name, extra] = [
      view.getUint32(at + 18, true),
      view.getUint16(at + 26, true),
      view.getUint16(at + 28, true),
    ]
    const from = at + 30 + name + extra
    members[new TextDecoder().decode(zip.subarray(at + 30, at + 30 + name))] = zip.slice(
      from,
      from + size,
    )
    at = from + size
  }
  return members
}

/** The same file, packed anew after a change to its members. */
export function packedKeras(
  change: (members: Record<string, Uint8Array>) => void,
  level: 0 | 6 = 0,
): FileBundle {
  const members: Record<string, Uint8Array> = kerasMembers()
  change(members)
  return [memoryFile('model.keras', zipSync(members, { level }))]
}

import { strFromU8 } from 'fflate'
import { StudioError } from '../core/errors'
import type { ErrorCode } from '../core/errors'
import type { BundleFile } from './file-bundle'
import { readBytes } from './read-bytes'

/** What a file is when it is no TensorFlow.js model; each kind has its own sentence and advice. */
export type WrongKind = Extract<ErrorCode, `open/is-${string}`>

/** Enough for every signature below; HTML pages and pointers show themselves in the first line. */
export const HEAD_BYTES = 1024

/**
 * Tells what a file is by its first bytes, never by its name alone.
 * @param head the first `HEAD_BYTES` bytes, or all of a shorter file
 * @returns null for JSON, for a plain zip and for bytes without a signature, such as weights
 */
export function sniff(path: string, head: Uint8Array): WrongKind | null {
  if (head.length === 0) return 'open/is-empty'
  const binary = magics.find(([, offset, magic]) =>
    magic.every((byte, index) => head[offset + index] === byte),
  )
  if (binary !== undefined) return binary[0]
  if (isZip(head)) return zipKind(head)
  if (/\.mlmodel$/i.test(path)) return 'open/is-core-ml'
  if (/\.pb$|(?:^|\/)variables\.(?:index|data-\d+-of-\d+)$/i.test(path))
    return 'open/is-saved-model'
  if (isTensorflowCheckpoint(path, head)) return 'open/is-tf-checkpoint'
  if (isPickle(path, head)) return 'open/is-python-pickle'
  return textKind(strFromU8(head, true))
}

/** The local header of a first entry, or the end record of an empty archive. */
export function isZip(head: Uint8Array): boolean {
  return (
    head[0] === 0x50 &&
    head[1] === 0x4b &&
    ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6))
  )
}

/**
 * @throws StudioError 'open/is-...' when the file is of a kind that can be named,
 * 'open/not-read' when it cannot be read
 */
export async function refuseWrongKind(file: BundleFile): Promise<void> {
  const kind = sniff(file.path, await readBytes(file, 0, Math.min(file.size, HEAD_BYTES)))
  if (kind !== null) throw new StudioError(kind, { file: file.path })
}

const ascii = (text: string): number[] => Array.from(text, (char) => char.charCodeAt(0))

const magics: readonly (readonly [WrongKind, number, readonly number[]])[] = [
  ['open/is-keras-h5', 0, [0x89, ...ascii('HDF\r\n'), 0x1a, 0x0a]],
  ['open/is-tflite', 4, ascii('TFL3')],
  ['open/is-gguf', 0, ascii('GGUF')],
  ['open/is-numpy', 0, [0x93, ...ascii('NUMPY')]],
  ['open/is-pickle', 0, [0x80, 0x02, 0x8a, 0x0a]],
  ['open/is-pdf', 0, ascii('%PDF-')],
  ['open/is-gzip', 0, [0x1f, 0x8b, 0x08]],
  ['open/is-image', 0, [0x89, ...ascii('PNG\r\n')]],
  ['open/is-image', 0, [0xff, 0xd8, 0xff]],
  ['open/is-image', 0, ascii('GIF8')],
  ['open/is-image', 8, ascii('WEBP')],
  ['open/is-utf16', 0, [0xff, 0xfe, 0x7b, 0x00]],
  ['open/is-utf16', 0, [0xfe, 0xff, 0x00, 0x7b]],
]

/**
 * The table of a checkpoint, its data, the graph that TensorFlow 1 puts beside them, and the list of which is the latest.
 * https://www.tensorflow.org/guide/checkpoint
 */
function isTensorflowCheckpoint(path: string, head: Uint8Array): boolean {
  return (
    /\.data-\d{5}-of-\d{5}$/i.test(path) ||
    (/\.(?:index|meta)$/i.test(path) && head[0] !== 0x7b) ||
    strFromU8(head.subarray(0, 23), true) === 'model_checkpoint_path: '
  )
}

/**
 * Protocols 2 and 3 begin with what they build, 4 and 5 with how long their first frame is. Older ones are text, and joblib
 * may have packed what it writes.
 * https://docs.python.org/3/library/pickletools.html
 */
function isPickle(path: string, head: Uint8Array): boolean {
  const [mark, protocol = 0, next = 0] = head
  const isMarked =
    mark === 0x80 &&
    (protocol === 2 || protocol === 3
      ? '}](c'.includes(String.fromCharCode(next))
      : (protocol === 4 || protocol === 5) && next === 0x95 && head[9] === 0 && head[10] === 0)
  return isMarked || /\.(?:pkl|pickle|joblib)$/i.test(path)
}

/** A zip as `torch.save` begins it. */
export function isPytorch(head: Uint8Array): boolean {
  const text = strFromU8(head, true)
  return (
    isZip(head) &&
    /\/data(?:\.pkl|\/\d)|archive\/(?:version|byteorder)|\/\.format_version/.test(text)
  )
}

/** Names of the entries at the start of an archive are in plain sight, whatever the compression. */
function zipKind(head: Uint8Array): WrongKind | null {
  return isKerasZip(head) ? 'open/is-keras-zip' : null
}

/** A `.keras` file by the entries at its start. */
export function isKerasZip(head: Uint8Array): boolean {
  if (!isZip(head)) return false
  const text = strFromU8(head, true)
  const keras =
    text.includes('metadata.json') && /keras_version|config\.json|model\.weights\.h5/.test(text)
  // Models of Teachable Machine have a metadata.json, too.
  return keras && !/model\.json|weights\.bin|-shard\d/.test(text)
}

/** A little-endian u64 header length, then a JSON object. */
export function isSafetensors(head: Uint8Array): boolean {
  const length = head[4] === 0 && head[5] === 0 && head[6] === 0 && head[7] === 0
  return length && head[8] === 0x7b && (head[9] === 0x22 || head[9] === 0x7d)
}

/** Protobuf: field 1 (IR version) as a small number, then producer, graph or operator set. */
export function isOnnx(path: string, head: Uint8Array): boolean {
  const [tag, version = 0, next = 0] = head
  if (tag !== 0x08 || version === 0 || version > 40) return false
  const producer = strFromU8(head.subarray(4, 40), true)
  const named =
    next === 0x12 && /^(?:pytorch|onnx|keras2onnx|tf2onnx|skl2onnx|backend-test)/i.test(producer)
  return named || /\.onnx$/i.test(path)
}

function textKind(text: string): WrongKind | null {
  const start = text.replace(/^(?:\u00ef\u00bb\u00bf)?\s+|^\u00ef\u00bb\u00bf/, '').toLowerCase()
  if (/^(?:<!--[^]*?-->\s*)?(?:<!doctype html|<html|<head|<body)/.test(start)) return 'open/is-html'
  if (start.startsWith('<?xml')) return 'open/is-xml'
  if (start.startsWith('version https://git-lfs.github.com/spec/')) return 'open/is-git-lfs'
  return null
}

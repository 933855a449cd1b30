import { memoryFile } from '../../src/files/file-bundle'
import type { FileBundle } from '../../src/files/file-bundle'
import { textBytes } from './layers-files'

const SCALE = 1 / 64
const MIN = -2

/**
 * What face-api.js and converters before 1.0 wrote: a list of weights without a topology, the kernel as
 * 36 bytes, the bias as four float32.
 */
export function faceManifest(folder = ''): FileBundle {
  const quantization = { dtype: 'uint8', scale: SCALE, min: MIN }
  const weights = [
    { name: 'conv/filters', shape: [3, 3, 1, 4], dtype: 'float32', quantization },
    { name: 'conv/bias', shape: [4], dtype: 'float32' },
  ]
  const codes = Uint8Array.from({ length: 36 }, (_, index) => index * 7)
  const bias = new Uint8Array(Float32Array.of(0, 0.5, -0.5, 1).buffer)
  return [
    memoryFile(
      `${folder}face_expression_model-weights_manifest.json`,
      textBytes(JSON.stringify([{ weights, paths: ['face_expression_model.bin'] }])),
    ),
    memoryFile(`${folder}face_expression_model.bin`, Uint8Array.of(...codes, ...bias)),
  ]
}

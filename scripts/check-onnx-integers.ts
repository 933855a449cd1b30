/**
 * Writes the built-in models with codes of activations, over each kind of range, and holds them against what onnxruntime's own
 * quantizer makes of the same models with the same calibration images: bytes, right answers of all test images, seconds.
 * Run: `npm run check:onnx-integers`; `PYTHON` says which Python, one with onnx and onnxruntime; `-- --only lenet-5` one model.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import * as tf from '@tensorflow/tfjs'
import { rangeMethods } from '../src/core/activation-range'
import { memoryFile } from '../src/files/file-bundle'
import { writeModel } from '../src/formats/exporters'
import { openModel } from '../src/formats/importers'
import { writtenStatic } from '../testing/engine/static-written'
import { sampleBytes } from '../testing/models/sample-files'
import { samples } from '../testing/models/sample-models'

/** As onnxruntime's quantizer is given. */
const IMAGES = 512

const go = (): Promise<void> => Promise.resolve()
const { values: options } = parseArgs({ options: { only: { type: 'string' } } })
await tf.setBackend('cpu')
const folder = mkdtempSync(join(tmpdir(), 'studio-integers-'))
for (const { datasetId, id } of samples) {
  if (options.only !== undefined && options.only !== id) continue
  const opened = await openModel(
    [...sampleBytes(id)].map(([path, content]) => memoryFile(path, content)),
    go,
  )
  const float = { container: 'onnx', precision: 'exact' } as const
  const { files } = await writeModel(opened, opened.weights, float, go)
  writeFileSync(join(folder, `${id}.onnx`), files[0]?.bytes ?? new Uint8Array(0))
  const pixels = gunzipSync(readFileSync(`public/datasets/${datasetId}/calibration-images.bin`))
  const [, ...sides] = opened.graph.inputs[0]?.shape ?? []
  const shape = [IMAGES, ...sides.map((side) => side ?? 1)]
  const bytes = pixels.subarray(0, IMAGES * 784)
  const images = tf.tensor(
    Float32Array.from(bytes, (byte) => byte / 255),
    shape,
  )
  for (const range of rangeMethods)
    for (const signed of [false, true]) {
      const settings = { range, signed }
      const written = await writtenStatic(opened, opened.weights, [images], settings)
      const path = join(folder, `${id}.ours-${range}-${signed ? 'int8' : 'uint8'}.onnx`)
      writeFileSync(path, written.files[0]?.bytes ?? new Uint8Array(0))
    }
  images.dispose()
  const python = process.env['PYTHON'] ?? 'python3'
  const told = [id, datasetId, String(IMAGES), folder]
  const { status } = spawnSync(python, ['-B', 'scripts/writers/check_onnx_integers.py', ...told], {
    stdio: 'inherit',
  })
  if (status !== 0) process.exitCode = 1
}
rmSync(folder, { recursive: true })
process.exit()

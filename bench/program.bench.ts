/**
 * Forward passes of the built-in models: a program beside stock TensorFlow.js, both with stock kernels of the WASM
 * backend, in turn, outputs read back. Ratios are time of stock over time of the program.
 * Run: `npx tsx bench/program.bench.ts`
 */
import * as tf from '@tensorflow/tfjs'
import { startWasmBackend } from '../src/engine/host/wasm-in-node.ts'
import { Program } from '../src/engine/program/program.ts'
import { memoryFile } from '../src/files/file-bundle.ts'
import { openModel } from '../src/formats/importers.ts'
import { randomInputs } from '../testing/models/random-nets.ts'
import { sampleBytes } from '../testing/models/sample-files.ts'
import { loadWithStock } from '../testing/models/stock-model.ts'
import { emit, quartiles, round } from './emit.ts'

const BATCH = 64
const ROUNDS = 15

await startWasmBackend()
for (const id of ['lenet-5', 'fashion-cnn', 'vgg-small']) {
  const files = [...sampleBytes(id)].map(([path, bytes]) => ({ path, bytes }))
  const stock = await loadWithStock(tf, files)
  const opened = await openModel(
    files.map(({ path, bytes }) => memoryFile(path, bytes)),
    () => Promise.resolve(),
  )
  const program = new Program(opened)
  const inputs = randomInputs(stock, BATCH, 1)
  const times = { stock: [] as number[], program: [] as number[] }
  // The first round only warms up.
  for (let turn = 0; turn <= ROUNDS; turn++) {
    const own = timed(() => program.predict(inputs))
    const theirs = timed(() => [stock.predict(inputs, { batchSize: BATCH })].flat())
    if (turn === 0) continue
    times.program.push(own)
    times.stock.push(theirs)
  }
  emit('program', {
    model: id,
    batch: BATCH,
    unit: 'ms per batch',
    program: quartiles(times.program),
    stock: quartiles(times.stock),
    overStock: round(quartiles(times.stock).median / quartiles(times.program).median),
  })
  tf.dispose(inputs)
  program.dispose()
  stock.dispose()
}

function timed(work: () => tf.Tensor[]): number {
  const began = performance.now()
  const outputs = work()
  for (const output of outputs) output.dataSync()
  const ms = performance.now() - began
  tf.dispose(outputs)
  return ms
}

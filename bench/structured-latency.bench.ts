/**
 * Time of a forward pass against multiply-accumulates: the built-in models whole, and with filters removed
 * to a half and to 30 % of their MACs, on the stock WASM backend. One process, rounds in turn.
 * Run: `npx tsx bench/structured-latency.bench.ts`.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { memoryFile } from '../src/files/file-bundle.ts'
import { openModel } from '../src/formats/importers.ts'
import { cutToMacs, forwardTimes } from '../scripts/experiments/cut-sample.ts'
import { startWasmBackend } from '../src/engine/host/wasm-in-node.ts'
import { emit, round } from './emit.ts'

const ROUNDS = 25
const BATCH = 32

await startWasmBackend()
for (const id of ['lenet-5', 'fashion-cnn']) {
  const folder = `public/models/${id}/`
  const files = readdirSync(folder).map((name) =>
    memoryFile(name, new Uint8Array(readFileSync(folder + name))),
  )
  const whole = await openModel(files, () => Promise.resolve())
  const variants = [
    await cutToMacs(whole, 1),
    await cutToMacs(whole, 0.5),
    await cutToMacs(whole, 0.3),
  ]
  const times = await forwardTimes(
    variants.map(({ model }) => model),
    [BATCH, 28, 28, 1],
    ROUNDS,
  )
  variants.forEach(({ macs }, at) => {
    emit('structured-latency', {
      model: id,
      batch: BATCH,
      macs,
      ofMacs: round(macs / (variants[0]?.macs ?? NaN)),
      medianMs: round(times[at] ?? NaN),
      ofTime: round((times[at] ?? NaN) / (times[0] ?? NaN)),
    })
  })
}

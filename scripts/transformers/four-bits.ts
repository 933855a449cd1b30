import * as ort from 'onnxruntime-web/wasm'
import { memoryFile } from '../../src/files/file-bundle'
import { openModel } from '../../src/formats/importers'
import { skeletonOf } from '../../src/formats/onnx/export-onnx'
import { writeVariant } from '../../src/formats/transformers-js/write-variant'
import { defaultRecipe, withConfig } from '../../src/techniques/recipe'
import { compressed } from '../../testing/matrix/variants'
import type { ResNetSize } from '../../testing/models/resnet-18'
import { apart } from './answers'
import type { FourBits } from './transformers-page'

/** Weights, channels and inputs of each kernel, and numbers of all biases, of a file. */
function kernelsIn({ width, classes }: ResNetSize) {
  const kernels = [{ out: width, channels: 3, places: 49 }]
  for (let stage = 0; stage < 4; stage++) {
    const out = width * 2 ** stage
    const before = stage === 0 ? width : out / 2
    kernels.push({ out, channels: before, places: 9 })
    for (let more = 0; more < 3; more++) kernels.push({ out, channels: out, places: 9 })
    if (stage > 0) kernels.push({ out, channels: before, places: 1 })
  }
  return [...kernels, { out: classes, channels: width * 8, places: 1 }]
}

/** Bytes of kernels with 4 bits a weight and 4 bytes a scale: one for each channel, or for each `block` inputs of it. */
function bytesOfFourBits(size: ResNetSize, block: number | null): number {
  return kernelsIn(size).reduce((sum, { channels, out, places }) => {
    const isBlocks = block !== null && channels > block
    const scales = isBlocks ? out * places * Math.ceil(channels / block) : out
    return sum + (out * channels * places) / 2 + 4 * scales + 4 * out
  }, 0)
}

const go = (): Promise<void> => Promise.resolve()

/** Files of 4 bits, run by onnxruntime-web, beside files of the same numbers as floats. */
export async function measureFourBits(size: ResNetSize, file: Uint8Array): Promise<FourBits[]> {
  const model = await openModel([memoryFile('resnet-18.onnx', file)], go)
  const skeleton = skeletonOf(model)
  if (skeleton === null) throw new Error('no file of ONNX')
  const found: FourBits[] = []
  for (const block of [null, 16, 32, 64]) {
    const granularity = block === null ? 'perChannel' : 'perGroup'
    const even = { scheme: 'affine', symmetry: 'symmetric', range: 'minMax' } as const
    const settings = { ...even, bits: 4, granularity, groupSize: block ?? 32 } as const
    const { tensors } = compressed(model, withConfig(defaultRecipe, 'quantize', settings, true))
    const [codes, floats] = [
      await writeVariant(model, skeleton, tensors, 'exact', go),
      await writeVariant(model, skeleton, tensors, 'float32', go),
    ]
    const [own, wanted] = [await timed(codes.bytes, size), await timed(floats.bytes, size)]
    const bytes = codes.bytes.length
    found.push({
      ...{ block, bytes, expected: bytesOfFourBits(size, block), loadMs: own.loadMs },
      ...{ runMs: own.runMs, originalMs: wanted.runMs, apart: apart(own.scores, wanted.scores) },
    })
  }
  return found
}

const RUNS = 7

async function timed(file: Uint8Array, { side }: ResNetSize) {
  const began = performance.now()
  const session = await ort.InferenceSession.create(file, { executionProviders: ['wasm'] })
  const loadMs = performance.now() - began
  const pixels = Float32Array.from({ length: 3 * side * side }, (_, at) => Math.sin(at))
  const feeds = { pixels: new ort.Tensor('float32', pixels, [1, 3, side, side]) }
  const times: number[] = []
  let scores: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now()
    const found = await session.run(feeds)
    times.push(performance.now() - start)
    scores = [...((found['scores']?.data ?? []) as Float32Array)]
  }
  await session.release()
  const runMs = times.toSorted((one, other) => one - other)[Math.floor(RUNS / 2)] ?? NaN
  return { loadMs, runMs, scores }
}

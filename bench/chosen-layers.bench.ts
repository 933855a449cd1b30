/**
 * One step of training (Adam) where all layers learn and where the last two do: forward, backward and update with the
 * studio's kernels, in turn in one process. Prints the times, how many times as fast the last two are, and what a step
 * holds at its worst moment. Run: `npx tsx bench/chosen-layers.bench.ts`, after `npm run build:kernels`.
 */
import * as tf from '@tensorflow/tfjs'
import { readKernelModule, startWasmBackend } from '../src/engine/host/wasm-in-node.ts'
import { differentiate } from '../src/engine/training/network/differentiate.ts'
import { TrainableProgram } from '../src/engine/training/network/trainable-program.ts'
import { TrainingOptimizer } from '../src/engine/training/optimizer.ts'
import { prepareTrainingKernels } from '../src/engine/wasm-kernels/prepare-training-kernels.ts'
import { memoryFile } from '../src/files/file-bundle.ts'
import { openModel } from '../src/formats/importers.ts'
import type { OpenedModel } from '../src/formats/format.ts'
import { learningWeights } from '../src/training/learning-layers.ts'
import { watchLiveBytes } from '../testing/engine/live-bytes.ts'
import { plainAdam } from '../testing/engine/take-step.ts'
import { sampleBytes } from '../testing/models/sample-files.ts'
import { emit, quartiles, round } from './emit.ts'

const BATCH = 64
const ROUNDS = 7
const LEARNING_RATE = 1e-4
const CLASSES = 10

await startWasmBackend()
const kernels = await prepareTrainingKernels(readKernelModule())
const live = watchLiveBytes()
/** A model with an optimizer of its own, and what its steps have taken. */
class Learner {
  readonly times: number[] = []
  bytes = 0
  private readonly model: TrainableProgram
  private readonly optimizer = new TrainingOptimizer(plainAdam, kernels.host ?? null)

  constructor(opened: OpenedModel, layers: string[] | null) {
    this.model = new TrainableProgram(opened, learningWeights(opened.weights, layers))
  }

  step(x: tf.Tensor, y: tf.Tensor, counts: boolean): void {
    const { model, optimizer } = this
    const leave = kernels.enter()
    live.mostSince()
    const began = performance.now()
    const { loss, outputs, gradients } = differentiate(() => {
      const [logits = tf.scalar(NaN)] = model.forward([x], true, 1)
      return { loss: tf.losses.softmaxCrossEntropy(y, logits).asScalar(), outputs: logits }
    }, [...model.trained.values()])
    const named = [...model.trained].flatMap(([name, variable]) => {
      const gradient = gradients.get(variable.name)
      return gradient === undefined ? [] : [[name, gradient] as const]
    })
    optimizer.update(model.trained, new Map(named), LEARNING_RATE, new Set())
    const [value = NaN] = loss.dataSync()
    const ms = performance.now() - began
    if (!Number.isFinite(value)) throw new Error('a loss that is no number')
    tf.dispose([loss, outputs, ...gradients.values()])
    this.bytes = Math.max(this.bytes, live.mostSince())
    leave()
    if (counts) this.times.push(ms)
  }

  dispose(): void {
    this.model.dispose()
    this.optimizer.dispose()
  }
}

for (const id of ['lenet-5', 'vgg-small']) {
  const files = [...sampleBytes(id)].map(([path, bytes]) => memoryFile(path, bytes))
  const opened = await openModel(files, () => Promise.resolve())
  const names = [...new Set(opened.weights.map(({ spec }) => spec.layerName))]
  const sides = opened.graph.inputs.flatMap(({ shape }) => (shape ?? []).slice(1).map(Number))
  const x = tf.randomUniform([BATCH, ...sides], 0, 1, 'float32', 1)
  const labels = Int32Array.from({ length: BATCH }, (_, index) => index % CLASSES)
  const y = tf.oneHot(tf.tensor1d(labels, 'int32'), CLASSES)
  const all = new Learner(opened, null)
  const last = new Learner(opened, names.slice(-2))
  // The first round only warms up.
  for (let turn = 0; turn <= ROUNDS; turn++)
    for (const learner of [all, last]) learner.step(x, y, turn > 0)
  emit('chosen-layers', {
    model: id,
    batch: BATCH,
    layers: names.length,
    unit: 'ms per step',
    all: quartiles(all.times),
    lastTwo: quartiles(last.times),
    allOverLastTwo: round(quartiles(all.times).median / quartiles(last.times).median),
    megabytes: { all: round(all.bytes / 1e6), lastTwo: round(last.bytes / 1e6) },
  })
  for (const learner of [all, last]) learner.dispose()
  tf.dispose([x, y])
}
live.stop()

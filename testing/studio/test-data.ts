import { noObstacles } from '../../src/core/model-summary'
import type { ModelSummary } from '../../src/core/model-summary'
import type { Comparison } from '../../src/protocol/compare-messages'
import { controlOf } from '../../src/data/reading/reading'
import type { Reading, ReadingChoices } from '../../src/data/reading/reading'
import type { DataSummary, OwnDataFacts, PreparationTrial } from '../../src/protocol/data-messages'
import type { EngineInfo } from '../../src/protocol/engine-messages'
import type { AccuracyEvent } from '../../src/protocol/measure-messages'
import type { SizeEvent, SizeReport, WeightsEvent } from '../../src/protocol/recipe-messages'
import type { TeacherSummary, TrainEvent, TrainNeed } from '../../src/protocol/training-messages'
import type { Recipe } from '../../src/techniques/recipe'
import type { LayerReport } from '../../src/techniques/weights-report'

/** A small model for tests of the page: one dense layer with ten weights. */
export function modelSummary(change: Partial<ModelSummary> = {}): ModelSummary {
  const { name = 'tiny', zippedFloat32Bytes = 400 } = change
  return {
    id: 'model-1',
    name,
    format: 'tfjs-layers',
    runtime: 'stock',
    targets: (['exact', 'float32', 'float16'] as const).map((precision) => ({
      container: 'tfjs',
      precision,
    })),
    layers: [
      {
        name: 'dense',
        className: 'Dense',
        kind: 'dense',
        inputs: [],
        ...{ outputShape: [null, 2], opaque: false },
        ...{ parameters: 10, learnable: 10 },
        storedBytes: 40,
        float32Bytes: 40,
        macs: 10,
        zeros: 0,
        tensors: [],
      },
    ],
    totals: { parameters: 10, storedBytes: 40, float32Bytes: 40, macs: 10, zeros: 0 },
    inputs: [{ name: 'input', shape: [null, 5], dtype: 'float32' }],
    outputs: [{ name: 'dense', shape: [null, 2], dtype: 'float32' }],
    outputNames: null,
    zippedFloat32Bytes,
    original: {
      ...{ name, zippedFloat32Bytes },
      ...{ parameters: 10, macs: 10, float32Bytes: 40, own: null },
    },
    removed: null,
    obstacles: noObstacles,
    ...{ features: [], normalizes: false, noisy: false, notes: [] },
    ...change,
  }
}

export function sizeReport(change: Partial<SizeReport> = {}): SizeReport {
  return {
    float32: 40,
    stored: 10,
    bitPacked: 5,
    sparse: 8,
    entropyBound: 4,
    zipped: 200,
    zippedIsExact: true,
    reportBytes: 30,
    kinds: [{ storedAs: 'uint8', reason: null, bits: 8, tensors: 1 }],
    ...change,
  }
}

/** A settled size without other formats. */
export function sizeEvent(change: Partial<SizeReport> = {}): SizeEvent {
  return { type: 'size', sizes: sizeReport(change), tensors: [], alternatives: [] }
}

export function layerReport(change: Partial<LayerReport> = {}): LayerReport {
  return {
    name: 'dense',
    weights: 10,
    zeros: 5,
    bits: null,
    mse: 0.01,
    sqnrDb: 20,
    clipped: 0,
    pruning: {
      weights: 10,
      threshold: 0.1,
      sigmaMultiple: 0.5,
      sparsity: 0.5,
      absoluteSum: 3.25,
      aboveThreshold: 5,
    },
    kernels: { channels: 2, dead: 0, pruned: 0, tail: 0.2, spread: 1.5 },
    ...change,
  }
}

export function weightsEvent(change: Partial<WeightsEvent> = {}): WeightsEvent {
  return {
    type: 'weights',
    layers: [layerReport()],
    sizes: sizeReport({ zippedIsExact: false }),
    sparsity: 0.5,
    pruning: { threshold: 0.1, sigmaMultiple: 0.5, sparsity: 0.5 },
    histogram: {
      min: -1,
      max: 1,
      before: [2, 3, 3, 2],
      after: [2, 0, 6, 2],
      levels: [],
      threshold: 0.1,
    },
    notes: [],
    calibration: null,
    ...change,
  }
}

/** Accuracy on 100 samples, of which the original gets 98 right. */
export function accuracy(correct: number, change: Partial<AccuracyEvent> = {}): AccuracyEvent {
  return {
    type: 'accuracy',
    split: 'validation',
    dataset: 'mnist',
    correct,
    measured: 100,
    total: 100,
    originalCorrect: 98,
    paired: { onlyOriginal: 98 - Math.min(98, correct), onlyCompressed: Math.max(0, correct - 98) },
    topFive: null,
    confusion: null,
    ...change,
  }
}

/** Data with two classes, as the engine attaches it. */
export function dataSummary(change: Partial<DataSummary> = {}): DataSummary {
  return {
    id: 'pets',
    name: 'pets',
    classNames: ['cat', 'dog'],
    splits: [
      { name: 'validation', count: 100 },
      { name: 'test', count: 100 },
    ],
    settings: { task: 'classification', preparation: null, classMap: null },
    classOrders: [
      { id: 'position', map: [0, 1] },
      { id: 'swapped', map: [1, 0] },
    ],
    tasks: ['classification', 'unlabelled'],
    own: null,
    ...change,
  }
}

/** A table with a guess for each of four controls, some of them chosen. */
export function tableReading(choices: ReadingChoices = {}, change: Partial<Reading> = {}): Reading {
  const columns = ['id', 'a', 'b', 'kind']
  return {
    name: 'pets',
    format: 'table',
    controls: [
      controlOf('tableSeparator', [',', ';', '\t'], [','], choices),
      controlOf('tableLeftOut', columns, ['id'], choices, { many: true, verbatim: true }),
      controlOf('labelColumns', columns, ['kind'], choices, { many: true, verbatim: true }),
      controlOf('labelsAre', ['classes', 'quantities'], ['classes'], choices),
    ],
    preview: {
      kind: 'rows',
      width: 4,
      columns: [
        { place: 0, name: 'id', role: 'leftOut' },
        { place: 1, name: 'a', role: 'input' },
        { place: 2, name: 'b', role: 'input' },
        { place: 3, name: 'kind', role: 'label' },
      ],
      rows: [
        ['1', '0.5', '2', 'cat'],
        ['2', '0.25', '3', 'dog'],
      ],
    },
    notes: [{ id: 'leftOutId', params: { count: 1, columns: 'id' } }],
    account: { read: 1, leftOut: [] },
    problem: null,
    ...change,
  }
}

/** What is known of people's own data, read as a table. */
export function ownFacts(change: Partial<OwnDataFacts> = {}): OwnDataFacts {
  return {
    format: 'table',
    samples: 1000,
    hash: 'ab',
    splitSeed: 42,
    broken: { count: 0, examples: [] },
    duplicates: { count: 0, contradictions: 0 },
    reading: tableReading(),
    ...change,
  }
}

export const engineInfo: EngineInfo = {
  backend: 'wasm',
  adapter: 'SIMD',
  software: false,
  cores: { used: 2, of: 2 },
  crossOriginIsolated: true,
  skipped: [],
  gigaflops: 5,
  maxTensorBytes: null,
}

type TrainEventOf<Type extends TrainEvent['type']> = Extract<TrainEvent, { type: Type }>

export function trainStarted(
  change: Partial<TrainEventOf<'started'>> = {},
): TrainEventOf<'started'> {
  return {
    type: 'started',
    epoch: 0,
    epochs: 3,
    stepsPerEpoch: 10,
    ...{ batchSize: 32, piece: 32, samples: 320 },
    statistics: 'batch',
    kernels: { fast: true, reason: null },
    offStock: { model: null, teacher: null },
    ...change,
  }
}

export function trainNeed(change: Partial<TrainNeed> = {}): TrainNeed {
  return {
    bytes: 1.2e9,
    ...{ batchSize: 32, piece: 32, workers: 1 },
    statistics: 'batch',
    fits: true,
    instead: [],
    ...change,
  }
}

export function trainProgress(
  change: Partial<TrainEventOf<'progress'>> = {},
): TrainEventOf<'progress'> {
  return {
    type: 'progress',
    epoch: 0,
    step: 1,
    progress: 0.1,
    loss: 0.5,
    accuracy: 0.9,
    sparsity: 0,
    learningRate: 1e-3,
    samplesPerSecond: 100,
    msLeft: 5000,
    gpuBytes: null,
    workers: 1,
    ...change,
  }
}

/** The end of an epoch; its weights are named after it. */
export function trainValidation(recipe: Recipe, epoch: number): TrainEventOf<'validation'> {
  const id = `0000000${epoch}`
  return {
    type: 'validation',
    epoch,
    step: 10 * epoch,
    measure: accuracy(90 + epoch),
    sparsity: 0,
    sizes: sizeReport(),
    best: true,
    simulated: null,
    recipe: { ...recipe, trained: id },
    trained: { id, weights: new Blob([id]), history: [] },
  }
}

export function teacherSummary(change: Partial<TeacherSummary> = {}): TeacherSummary {
  return {
    id: '0123456789abcdef'.repeat(4),
    name: 'large',
    parameters: 2_000_000,
    ...{ resize: null, numbers: null, inputs: [], inputsBy: 'found' },
    measure: accuracy(99),
    features: [],
    ...change,
  }
}

/** One sample that only the original has right. */
export function comparison(change: Partial<Comparison> = {}): Comparison {
  return {
    dataset: 'mnist',
    split: 'validation',
    samples: 100,
    counts: { lost: 1, won: 0, otherMistake: 0 },
    flips: [
      {
        kind: 'lost',
        index: 4,
        name: '#5',
        label: 0,
        before: { output: 0, probability: 0.8 },
        after: { output: 1, probability: 0.6 },
        picture: null,
      },
    ],
    ...change,
  }
}

/** Two orders of two classes, the other one better. */
export function preparationTrial(): PreparationTrial {
  return {
    preparation: null,
    orders: [
      { id: 'position', map: [0, 1], correct: 10, measured: 100 },
      { id: 'swapped', map: [1, 0], correct: 90, measured: 100 },
    ],
    done: 1,
    total: 1,
  }
}

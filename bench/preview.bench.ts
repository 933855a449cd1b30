import { runToEnd } from '../src/core/run-to-end.ts'
import { noObstacles } from '../src/core/model-summary'
import { createRandom } from '../src/core/random'
import { elementCount } from '../src/core/tensor-spec'
import type { WeightTensor } from '../src/core/weight-tensor'
import type { OpenModelState } from '../src/engine/model/model-store'
import { weightsEvent } from '../src/engine/recipe/weights-event'
import { bareGraph } from '../src/formats/tfjs-files/bare-graph'
import type { OpenedModel } from '../src/formats/format'
import { summarizeModel } from '../src/formats/summarize-model'
import { createPipeline } from '../src/techniques/pipeline'
import { pruneMeta } from '../src/techniques/prune/prune.meta'
import type { QuantizeConfig } from '../src/techniques/quantize/quantize.meta'
import { quantizeMeta } from '../src/techniques/quantize/quantize.meta'
import type { Recipe } from '../src/techniques/recipe'
import { emit, quartiles, round } from './emit'
import { previewModels } from './preview-models'
import type { PreviewModel } from './preview-models'

/**
 * Slider to preview: all the weight work of one move (plan, prune, encode, errors, counts, sizes,
 * deflate estimate, histogram), by the code that the engine runs, in the tensors of real networks.
 * The first move after opening also measures the original; the moves of a drag follow.
 */
const MOVES = 20
const zipOverhead = { bytes: 10_000, reportBytes: 3000 }

interface Slider {
  readonly name: string
  readonly at: (turn: number) => { readonly sparsity: number; readonly bits: number }
}

const sliders: readonly Slider[] = [
  { name: 'sparsity', at: (turn) => ({ sparsity: 0.3 + 0.03 * turn, bits: 8 }) },
  { name: 'bits', at: (turn) => ({ sparsity: 0.7, bits: 2 + (turn % 10) }) },
]

type Setting = Pick<QuantizeConfig, 'scheme' | 'granularity'> | 'prune only'

const settings: readonly Setting[] = [
  { scheme: 'affine', granularity: 'perTensor' },
  { scheme: 'linear', granularity: 'perTensor' },
  { scheme: 'mean', granularity: 'perTensor' },
  { scheme: 'affine', granularity: 'perChannel' },
  'prune only',
]

function recipe(setting: Setting, sparsity: number, bits: number): Recipe {
  const quantize = setting === 'prune only' ? {} : setting
  return {
    version: 1,
    seed: 1,
    steps: [
      {
        technique: 'prune',
        enabled: true,
        config: { ...pruneMeta.defaultConfig, value: sparsity },
      },
      {
        technique: 'quantize',
        enabled: setting !== 'prune only',
        config: { ...quantizeMeta.defaultConfig, ...quantize, bits },
      },
    ],
  }
}

function gaussianWeights({ specs }: PreviewModel): readonly WeightTensor[] {
  const random = createRandom(1)
  return specs.map((spec) => ({
    spec,
    values: Float32Array.from({ length: elementCount(spec.shape) }, () => 0.05 * random.normal()),
  }))
}

/** A model as the engine holds it, of copies, so that nothing about its weights is known yet. */
function openState(name: string, source: readonly WeightTensor[]): OpenModelState {
  const weights = source.map(({ spec, values }) => ({ spec, values: values.slice() }))
  const opens = [...new Set(weights.map(({ spec }) => spec.layerName))].map((layerName) => {
    const own = weights.filter(({ spec }) => spec.layerName === layerName)
    return {
      name: layerName,
      className: own[0]?.spec.layerKind ?? '',
      kind: own[0]?.spec.layerKind ?? 'other',
      weightNames: own.map(({ spec }) => spec.name),
      config: {},
      inputs: [],
      calls: 1,
    }
  })
  const opened: OpenedModel = {
    format: 'tfjs-layers',
    container: 'tfjs',
    name,
    file: 'model.json',
    files: [],
    topology: {},
    signature: null,
    layers: opens,
    graph: bareGraph(opens, new Map(weights.map(({ spec }) => [spec.name, spec]))),
    weights: weights.map(({ spec, values }) => ({
      spec,
      values,
      storedAs: 'float32',
      storedBytes: values.byteLength,
      zeros: 0,
      quantized: null,
    })),
    metadata: null,
    ml5Specs: null,
    companions: [],
    notes: [],
    obstacles: noObstacles,
  }
  const neverRun = (): Promise<never> => Promise.reject(new Error('a preview ran the model'))
  const summary = summarizeModel(opened, {
    runtime: 'stock',
    id: name,
    outputShapes: new Map(),
    inputs: [],
    outputs: [],
    outputNames: null,
    notes: [],
    zippedFloat32Bytes: 0,
    own: null,
    cutFrom: null,
    obstacles: noObstacles,
    learnt: null,
  })
  const { layers, original } = summary
  return {
    opened,
    told: [],
    summary,
    original: { files: [], summary: original, layers },
    past: null,
    quick: null,
    weights,
    pipeline: createPipeline(weights),
    trained: new Map(),
    runnable: {
      inputs: [],
      outputs: [],
      outputShapes: new Map(),
      frozenBatch: null,
      setWeights: neverRun,
      predict: () => [],
      predictInSteps: neverRun,
      lookInSteps: null,
      dispose: () => undefined,
    },
    macs: 0,
  }
}

let checksum = 0

function move(state: OpenModelState, settled: Recipe): number {
  const start = performance.now()
  const event = runToEnd(
    weightsEvent(state, state.pipeline, state.pipeline.runAll(settled), [], zipOverhead),
  )
  const spent = performance.now() - start
  checksum += event.sparsity + event.sizes.zipped + event.sizes.entropyBound
  return spent
}

function benchModel(model: PreviewModel): void {
  const source = gaussianWeights(model)
  for (const setting of settings) {
    const state = openState(model.name, source)
    const first = move(state, recipe(setting, 0.3, 8))
    for (const slider of sliders) {
      if (setting === 'prune only' && slider.name === 'bits') continue
      const times = Array.from({ length: MOVES }, (_, turn) => {
        const { sparsity, bits } = slider.at(turn + 1)
        return move(state, recipe(setting, sparsity, bits))
      })
      const later = quartiles(times)
      emit('slider to preview', {
        unit: 'ms',
        model: model.name,
        weights: model.weights,
        tensors: model.specs.length,
        setting: setting === 'prune only' ? setting : `${setting.scheme} ${setting.granularity}`,
        slider: slider.name,
        firstMove: round(first),
        ...later,
        slowest: round(Math.max(...times)),
        aim: model.aimMs,
        met: model.aimMs === null ? null : later.median <= model.aimMs,
        firstMet: model.aimMs === null ? null : first <= model.aimMs,
      })
    }
  }
}

for (const model of previewModels) benchModel(model)
emit('preview checksum', { finite: Number.isFinite(checksum) })

import type { ChannelTarget } from '../structure/choose-channels'
import type { TrainingSettings } from '../training/training-settings'
import type { Network } from './networks'

/** What a compressed model is for. */
export const casePurposes = ['cloud', 'mobile', 'edge'] as const
export type CasePurpose = (typeof casePurposes)[number]

/** In which order the techniques run, or all in one step. */
export const caseOrders = ['pruneFirst', 'quantizeFirst', 'together'] as const
export type CaseOrder = (typeof caseOrders)[number]

/** Largest shares of the original's that pass, the largest loss of accuracy, and the longest download; null: any. */
export interface CaseLimits {
  /** Of the zipped file. */
  readonly bytes: number | null
  /** Multiply-accumulates of one sample. */
  readonly macs: number | null
  /** Weights as they lie in memory: float32, whatever the file holds. */
  readonly memory: number | null
  /** Median time of one sample on this device. */
  readonly latency: number | null
  /** In points, as a fraction. */
  readonly accuracyDrop: number | null
  /** Of the zipped file. */
  readonly load: { readonly network: Network; readonly seconds: number } | null
}

/** Whether two sets of limits judge alike. */
export function sameLimits(one: CaseLimits, other: CaseLimits): boolean {
  const parts = ({ load, ...limits }: CaseLimits) => ({
    ...limits,
    network: load?.network ?? null,
    seconds: load?.seconds ?? null,
  })
  const [left, right] = [parts(one), parts(other)]
  return (Object.keys(left) as (keyof typeof left)[]).every((key) => left[key] === right[key])
}

export interface CasePreset {
  /** Share of the multiply-accumulates that goes with whole filters and neurons, before all else. */
  readonly cut: number
  /** Share of the weights that pruning sets to zero. */
  readonly sparsity: number
  readonly bits: number
  readonly limits: CaseLimits
}

/** A server has room and wants its accuracy; a phone downloads the file; a small device computes slowly. */
export const casePresets: Readonly<Record<CasePurpose, CasePreset>> = {
  cloud: {
    cut: 0,
    sparsity: 0.5,
    bits: 8,
    limits: {
      bytes: 0.25,
      macs: 1,
      memory: 1,
      latency: 1.1,
      accuracyDrop: 0.005,
      load: { network: 'fibre', seconds: 1 },
    },
  },
  mobile: {
    cut: 0.4,
    sparsity: 0.6,
    bits: 6,
    limits: {
      bytes: 0.12,
      macs: 0.6,
      memory: 1,
      latency: 0.85,
      accuracyDrop: 0.01,
      load: { network: '4g', seconds: 1 },
    },
  },
  edge: {
    cut: 0.65,
    sparsity: 0.7,
    bits: 5,
    limits: {
      bytes: 0.07,
      macs: 0.35,
      memory: 1,
      latency: 0.7,
      accuracyDrop: 0.02,
      load: { network: '3g', seconds: 2 },
    },
  },
}

export const stageIds = [
  'float',
  'cut',
  'cutRecovered',
  'pruned',
  'pruneRecovered',
  'quantized',
  'quantizeRecovered',
  'distilled',
  'together',
] as const
export type StageId = (typeof stageIds)[number]

/** A step of a case study: what is turned on from here, and how long it trains. */
export interface CaseStage {
  readonly id: StageId
  /** Turned on at this stage; it stays on. */
  readonly enable: { readonly prune?: true; readonly quantize?: true }
  /** null: nothing is trained. */
  readonly training: {
    readonly epochs: number
    /** Whether the whole model supervises. */
    readonly taught: boolean
    readonly schedule: TrainingSettings['pruning']['schedule']
  } | null
}

export interface CasePlan {
  /** Whole filters and neurons first; null: none. */
  readonly cut: ChannelTarget | null
  readonly sparsity: number
  readonly bits: number
  /** After the float model and the cut. */
  readonly stages: readonly CaseStage[]
}

/**
 * The tutorial's case study: a trained network pruned, then quantized, then distilled, with training between the
 * stages; or in another order. Every order trains for as many epochs.
 * @param epochs of each stage that trains
 * @see Han et al. 2016, "Deep Compression", arXiv:1510.00149; Polino et al. 2018, arXiv:1802.05668
 */
export function casePlan(
  { cut, sparsity, bits }: Omit<CasePreset, 'limits'>,
  order: CaseOrder,
  epochs: number,
): CasePlan {
  const train = (taught: boolean): CaseStage['training'] => ({
    epochs,
    taught,
    schedule: 'oneShot',
  })
  const pruning: CaseStage[] = [
    { id: 'pruned', enable: { prune: true }, training: null },
    { id: 'pruneRecovered', enable: {}, training: train(false) },
  ]
  const quantization: CaseStage[] = [
    { id: 'quantized', enable: { quantize: true }, training: null },
    { id: 'quantizeRecovered', enable: {}, training: train(false) },
  ]
  const distillation: CaseStage = { id: 'distilled', enable: {}, training: train(true) }
  const stages: Readonly<Record<CaseOrder, readonly CaseStage[]>> = {
    pruneFirst: [...pruning, ...quantization, distillation],
    quantizeFirst: [...quantization, ...pruning, distillation],
    together: [
      {
        id: 'together',
        enable: { prune: true, quantize: true },
        training: { epochs: 3 * epochs, taught: true, schedule: 'polynomial' },
      },
    ],
  }
  const recovery: CaseStage = { id: 'cutRecovered', enable: {}, training: train(false) }
  return {
    cut:
      cut === 0
        ? null
        : {
            criterion: 'l2',
            of: 'macs',
            share: cut,
            scope: 'perLayer',
            protectFirst: false,
            seed: 1,
          },
    sparsity,
    bits,
    stages: cut === 0 ? stages[order] : [recovery, ...stages[order]],
  }
}

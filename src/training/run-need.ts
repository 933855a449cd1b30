import type { PassLoad } from './pass-load'
import type { TrainingSettings } from './training-settings'

/** Bytes of a float32. */
const FLOAT = 4

/**
 * Copies of all weights that a run holds on the backend: the open model, and the same packed as its kernels read it; the
 * model that is trained.
 */
const BACKEND_COPIES = 3
/** Of those that learn, besides what their optimizer remembers: what a run goes back to; gradients. */
const LEARNING_COPIES = 2
/**
 * Copies in the script heap: the file, the weights at the start, the last and the best epoch, what they make, and a
 * checkpoint. Measured, as all of this is (`npm run bench:real-size`).
 */
const SCRIPT_COPIES = 6.5
/** Of these before the first step. */
const FIRST_SCRIPT_COPIES = 2.5
/** The script itself, and garbage that is not collected yet. */
const SCRIPT_BYTES = 128 * 2 ** 20
/** The script and the backend of a further worker. */
const HELPER_BYTES = 64 * 2 ** 20
/** Memory that blocks of other sizes have left between them, as a share of what is used. */
const FRAGMENTED = 1.2

/** What a run keeps, apart from how many samples it takes. */
export interface RunLoad {
  readonly pass: PassLoad
  /** Float weights. */
  readonly parameters: number
  /** Of these, those of layers that learn. */
  readonly learning: number
  /** Numbers of one sample, as the model takes it and as it should answer. */
  readonly sample: number
  /** Weights that go through hooks, in copies of all weights. */
  readonly hooked: number
  /** null: nobody besides the labels. */
  readonly teacher: {
    readonly parameters: number
    /** Numbers for one sample, on the way there. */
    readonly forward: number
    /** Of the layer that a hint looks into. */
    readonly features: number
  } | null
}

/** What a run takes, in bytes. */
export interface RunNeed {
  /** Whatever the samples. */
  readonly fixed: number
  /** In addition where gradients of pieces are summed up. */
  readonly summing: number
  /** For each sample that goes through the network at once. */
  readonly perSample: number
  /** For each sample of a batch. */
  readonly perBatchSample: number
  /** The same two for passes without a way back, before the first step. */
  readonly forwardFixed: number
  readonly forwardPerSample: number
  /** Of the largest tensor, for each sample. */
  readonly largestTensor: number
  /** Of a further worker that learns pieces, whatever the samples. */
  readonly helper: number
}

type OptimizerChoice = Pick<TrainingSettings, 'optimizer' | 'momentum'>

/** Numbers that an optimizer remembers of each weight. */
export function slotsOf({ optimizer, momentum }: OptimizerChoice): number {
  if (optimizer !== 'sgd') return 2
  return momentum === 0 ? 0 : 1
}

/** An estimate that is rather too large. */
export function needOf(load: RunLoad, settings: OptimizerChoice): RunNeed {
  const { pass, parameters, learning, sample, hooked, teacher } = load
  const weights = FLOAT * parameters
  const learnt = FLOAT * learning
  // What is remembered is copied to go back to.
  const copies = LEARNING_COPIES + 2 * slotsOf(settings)
  const taught = FLOAT * (teacher?.parameters ?? 0)
  const backend = (bytes: number): number => Math.round(FRAGMENTED * bytes)
  const script = (times: number): number => SCRIPT_BYTES + times * weights + taught
  const beside = FLOAT * (teacher?.forward ?? 0)
  return {
    fixed:
      backend((BACKEND_COPIES + hooked) * weights + copies * learnt + 2 * taught) +
      script(SCRIPT_COPIES),
    summing: backend(learnt),
    perSample: backend(FLOAT * (pass.training + sample) + beside),
    perBatchSample: 2 * FLOAT * sample + backend(FLOAT * (teacher?.features ?? 0)),
    forwardFixed: backend(BACKEND_COPIES * weights + 2 * taught) + script(FIRST_SCRIPT_COPIES),
    forwardPerSample: backend(FLOAT * pass.forward + beside) + FLOAT * sample,
    largestTensor: FLOAT * pass.largest,
    // The model that learns and the one that measures, weights that take the place of theirs, gradients and their share; in
    // the script what comes and goes.
    helper: backend(3 * weights + 2 * learnt) + HELPER_BYTES + 4 * weights + learnt,
  }
}

/** Bytes of a step, and of everything that lies there meanwhile. */
export function bytesOf(need: RunNeed, piece: number, batch: number): number {
  const { fixed, summing, perSample, perBatchSample } = need
  return fixed + (piece < batch ? summing : 0) + perSample * piece + perBatchSample * batch
}

/**
 * What so many workers take, the engine's own included, with a piece in each, and gradients of all pieces of a batch:
 * they wait until those of the pieces before them are there.
 */
export function bytesOfWorkers(
  need: RunNeed,
  piece: number,
  batch: number,
  workers: number,
): number {
  const alone = bytesOf(need, piece, batch)
  if (workers === 1) return alone
  const gradients = Math.ceil(batch / piece) * need.summing
  return alone + gradients + (workers - 1) * (need.helper + need.perSample * piece)
}

/** Workers that learn side by side within the room; at least the engine's own, which there is in any case. */
export function workersWithin(
  need: RunNeed,
  piece: number,
  batch: number,
  most: number,
  { bytes }: Room,
): number {
  let workers = Math.max(1, most)
  while (workers > 1 && bytesOfWorkers(need, piece, batch, workers) > bytes) workers--
  return workers
}

/** What there is. */
export interface Room {
  readonly bytes: number
  /** Of one tensor; null: no limit. */
  readonly tensorBytes: number | null
}

/** The most samples that can go through the network at once in a step; 0 where not even one can. */
export function pieceWithin(need: RunNeed, batch: number, room: Room): number {
  if (bytesOf(need, batch, batch) <= room.bytes && fits(need, batch, room)) return batch
  const left = room.bytes - bytesOf(need, 0, batch)
  const most = Math.floor(Math.min(left / need.perSample, tensorSamples(need, room)))
  return Math.max(0, Math.min(most, batch))
}

/** Of the room, for passes before the first step: WebAssembly memory that they took is not given back. */
const FORWARD_SHARE = 0.6

/** The same for a pass without a way back; at least 1. */
export function forwardPieceWithin(need: RunNeed, wanted: number, room: Room): number {
  const most = (FORWARD_SHARE * room.bytes - need.forwardFixed) / need.forwardPerSample
  return Math.max(1, Math.min(wanted, Math.floor(Math.min(most, tensorSamples(need, room)))))
}

/**
 * What a run can do with less: SGD that remembers nothing of a weight; so many of the last layers alone learn; or this
 * share of all filters is removed before it.
 */
export type WayThatFits =
  | { readonly kind: 'plainSgd' }
  | { readonly kind: 'lastLayers'; readonly count: number }
  | { readonly kind: 'fewerFilters'; readonly share: number }

/**
 * By optimizer, by how many of the last layers learn, null: as they are chosen, and by the share of filters that is
 * left.
 */
export type NeedOf = (
  settings: OptimizerChoice,
  lastLayers: number | null,
  filtersLeft: number,
) => RunNeed

/** A model with this share of the filters of every layer: a kernel loses inputs and outputs, what it gives outputs. */
export function withFewerFilters(load: RunLoad, left: number): RunLoad {
  const { pass, parameters, learning } = load
  return {
    ...load,
    pass: {
      training: pass.training * left,
      forward: pass.forward * left,
      largest: pass.largest * left,
    },
    parameters: parameters * left ** 2,
    learning: learning * left ** 2,
  }
}

/** Of the filters; with fewer left it would be another model. */
const FEWEST_LEFT = 0.1
const STEP_LEFT = 0.05
/** What reads the input or gives the outputs loses one side alone, and filters are whole: room is left for that. */
const CERTAIN = 0.95

/**
 * What fits where the settings do not: none where they fit.
 * @param layers that learn where all that are chosen do
 * @param canCut whether filters can be removed from the model
 */
export function insteadOf(
  need: NeedOf,
  settings: OptimizerChoice,
  layers: number,
  batch: number,
  room: Room,
  canCut: boolean,
): WayThatFits[] {
  const isWithin = (choice: OptimizerChoice, last: number | null): boolean =>
    pieceWithin(need(choice, last, 1), batch, room) > 0
  if (isWithin(settings, null)) return []
  const isPlain = slotsOf(settings) === 0 || !isWithin({ optimizer: 'sgd', momentum: 0 }, null)
  // Whatever fits also fits with fewer layers.
  let [count, most] = [0, layers - 1]
  while (count < most) {
    const middle = Math.ceil((count + most) / 2)
    if (isWithin(settings, middle)) count = middle
    else most = middle - 1
  }
  const spared = { ...room, bytes: CERTAIN * room.bytes }
  const share = canCut
    ? leastToCut((left) => pieceWithin(need(settings, null, left), batch, spared) > 0)
    : null
  return [
    ...(isPlain ? [] : [{ kind: 'plainSgd' } as const]),
    ...(count === 0 ? [] : [{ kind: 'lastLayers', count } as const]),
    ...(share === null ? [] : [{ kind: 'fewerFilters', share } as const]),
  ]
}

/** null where so much would have to go that little is left. */
function leastToCut(isWithin: (left: number) => boolean): number | null {
  for (let step = 1; 1 - step * STEP_LEFT >= FEWEST_LEFT; step++)
    if (isWithin(1 - step * STEP_LEFT)) return step * STEP_LEFT
  return null
}

function fits(need: RunNeed, samples: number, room: Room): boolean {
  return samples <= tensorSamples(need, room)
}

function tensorSamples({ largestTensor }: RunNeed, { tensorBytes }: Room): number {
  return tensorBytes === null ? Infinity : tensorBytes / largestTensor
}

import { z } from 'zod'
import { madeOnce } from '../core/made-once'
import { parseStepConfig } from '../techniques/parse-step-config'
import type { Recipe } from '../techniques/recipe'
import { pruningFor } from './pruning-for'
import { pruningScheduleSchema } from '../techniques/prune/sparsity-schedule'

/** How the learning rate moves during a run. */
const decays = ['constant', 'cosine', 'step'] as const
const optimizers = ['sgd', 'adam', 'adamw'] as const
/** More would be small, and nobody has as many workers. */
const MOST_PIECES = 16

const hintSchema = madeOnce(() =>
  z.strictObject({
    studentLayer: z.string(),
    teacherLayer: z.string(),
    /** Of the hint beside the rest of the loss. */
    weight: z.number().min(0).max(100),
  }),
)

const distillationSchema = madeOnce(() =>
  z.strictObject({
    /** 'original': the open model as its file has it. Else the id of the model in the teacher slot. */
    teacher: z.string().regex(/^(?:original|[0-9a-f]{64})$/),
    /** What logits are divided by before softmax. */
    temperature: z.number().min(0.5).max(50),
    /** Weight of the labels; the rest is the teacher's. 0 where there are none. */
    alpha: z.number().min(0).max(1),
    /** softened: KL of the softened outputs, times T^2. logits: mean squared difference of logits. */
    loss: z.enum(['softened', 'logits']),
    /** Features of a layer that are to agree too; null: outputs alone. */
    hint: hintSchema().nullable().default(null),
    /**
     * Answers to the whole training split are made and kept before the student is there, so that the two never lie in
     * memory together; samples are not augmented then.
     */
    askFirst: z.boolean().default(false),
  }),
)

/** How a teacher's outputs supervise a student (Hinton et al. 2015, arXiv:1503.02531). */
export type DistillationSettings = z.infer<ReturnType<typeof distillationSchema>>

const settingsSchema = madeOnce(() =>
  z.strictObject({
    optimizer: z.enum(optimizers),
    /** Peak of the schedule. */
    learningRate: z.number().positive().max(10),
    /** Of SGD. */
    momentum: z.number().min(0).max(0.999),
    /** Of AdamW, on kernels only. */
    weightDecay: z.number().min(0).max(1),
    /** Epochs of linear growth before the decay begins; may be a fraction. */
    warmupEpochs: z.number().min(0).max(100),
    decay: z.enum(decays),
    batchSize: z.int().min(1).max(4096),
    /**
     * Pieces that a batch is learnt in, each by whichever worker is free; fewer where they would be too small for batch
     * normalisation. null: as many as suit the model, see `piecesFor`; the record of a run has the number. 1 in settings
     * of before the choice.
     */
    pieces: z.int().min(1).max(MOST_PIECES).nullable().default(1),
    epochs: z.int().min(1).max(1000),
    /** Ends once validation has not got better for so many epochs; null: all epochs are run. */
    patience: z.int().min(1).max(1000).nullable(),
    seed: z.int().nonnegative(),
    labelSmoothing: z.number().min(0).max(0.5),
    /** Largest shift of a picture, pixels in each direction. */
    shift: z.int().min(0).max(32),
    /** Mirrors every other picture. */
    flip: z.boolean(),
    /** Whether the model's own dropout, and other noise of its layers, acts. */
    dropout: z.boolean().default(true),
    /** Largest norm of all gradients together; null: not clipped. */
    clipNorm: z.number().positive().nullable(),
    batchNorm: z.strictObject({
      /**
       * New statistics for the pruned and quantized weights before the first step, and where they are trained after every
       * epoch (Wu & Johnson 2021, arXiv:2105.07576, "PreciseBN").
       */
      reestimate: z.boolean(),
      /** frozen: statistics stay as they are then; trained: they follow the batches. */
      statistics: z.enum(['frozen', 'trained']),
    }),
    pruning: pruningScheduleSchema(),
    quantization: z.strictObject({
      /** rechosen: from the weights at every step. learned: clipped where the loss is lowest. */
      ranges: z.enum(['rechosen', 'learned']),
      /** Simulates activations of so many bits; never in the file. null: off. */
      activationBits: z.int().min(4).max(8).nullable(),
    }),
    /** null: the labels alone. */
    distillation: distillationSchema().nullable(),
    /**
     * Names of the layers that learn, as the model lists them; the others keep their weights and statistics bit for bit.
     * null: all learn, as in settings of before the choice.
     */
    layers: z
      .array(z.string().min(1))
      .refine((names) => new Set(names).size === names.length, 'a layer is named twice')
      .nullable()
      .default(null),
  }),
)

/** Everything that decides a run besides the recipe, the weights and the data. */
export type TrainingSettings = z.infer<ReturnType<typeof settingsSchema>>

/** What "Recover accuracy" does: short, and the same for every model. */
export const defaultTrainingSettings: TrainingSettings = {
  optimizer: 'adam',
  learningRate: 1e-3,
  momentum: 0.9,
  weightDecay: 0.01,
  warmupEpochs: 0.2,
  decay: 'cosine',
  batchSize: 128,
  pieces: null,
  epochs: 3,
  patience: null,
  seed: 1,
  labelSmoothing: 0,
  shift: 1,
  flip: false,
  dropout: true,
  clipNorm: null,
  batchNorm: { reestimate: true, statistics: 'trained' },
  pruning: { schedule: 'auto', end: 0.6, rounds: 4, regrowth: false },
  quantization: { ranges: 'learned', activationBits: null },
  distillation: null,
  layers: null,
}

/** What knowledge distillation starts with once it is turned on. */
export const defaultDistillation: DistillationSettings = {
  teacher: 'original',
  temperature: 4,
  alpha: 0.1,
  loss: 'softened',
  hint: null,
  askFirst: false,
}

/** Settings that a run really goes by. */
export type EffectiveSettings = TrainingSettings & { readonly pieces: number }

/**
 * The settings that a run really goes by.
 * @param pieces where nobody has chosen
 */
export function effectiveSettings(
  asked: TrainingSettings,
  recipe: Recipe,
  pieces: number,
): EffectiveSettings {
  const settings = {
    ...asked,
    pieces: asked.pieces ?? pieces,
    pruning: pruningFor(asked.pruning, recipe, asked.epochs),
  }
  // Answers that are made once are to samples as they are.
  return settings.distillation?.askFirst === true
    ? { ...settings, shift: 0, flip: false }
    : settings
}

/**
 * Parses untrusted settings.
 * @throws StudioError 'recipe/invalid' naming the field
 */
export function parseTrainingSettings(input: unknown): TrainingSettings {
  return parseStepConfig(settingsSchema(), input)
}

/**
 * Parses untrusted settings that runs are yet to begin with: those of before the choice leave the pieces to the model.
 * @throws StudioError 'recipe/invalid' naming the field
 */
export function parseWantedSettings(input: unknown): TrainingSettings {
  const settings = parseTrainingSettings(input)
  const isChosen = typeof input === 'object' && input !== null && 'pieces' in input
  return isChosen ? settings : { ...settings, pieces: null }
}

/** The same settings with the original as the teacher. */
export function withoutTeacher(settings: TrainingSettings): TrainingSettings {
  const { distillation } = settings
  if (distillation === null) return settings
  return { ...settings, distillation: { ...distillation, teacher: 'original', hint: null } }
}

/** The same settings for a model that nobody has chosen a teacher or layers for. */
export function forAnotherModel(settings: TrainingSettings): TrainingSettings {
  return { ...withoutTeacher(settings), layers: null }
}

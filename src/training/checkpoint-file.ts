import { z } from 'zod'
import { ARITHMETIC_VERSION, isOfThisArithmetic } from '../core/arithmetic-version'
import { StudioError } from '../core/errors'

const MAGIC = 'CSCK1\n'

const headerSchema = z.strictObject({
  arithmetic: z.literal(ARITHMETIC_VERSION),
  /** What the run belongs to; a checkpoint is only taken up again by the same. */
  fingerprint: z.string(),
  epoch: z.int().nonnegative(),
  /** Steps done. */
  step: z.int().nonnegative(),
  optimizerSteps: z.int().nonnegative(),
  batchSize: z.int().positive(),
  /** The most samples that go through the network at once; null: of a time when that was not written down. */
  piece: z.int().positive().nullable().default(null),
  /** Of the learning rate, halved after each time the run went back. */
  rateScale: z.number().positive(),
  rollbacks: z.int().nonnegative(),
  best: z
    .strictObject({ epoch: z.int().nonnegative(), sinceBetter: z.int().nonnegative() })
    .nullable(),
  arrays: z.array(z.strictObject({ name: z.string(), length: z.int().nonnegative() })),
})

/** Where a run stands at the end of an epoch. Random numbers follow from seed, epoch and step alone. */
export type CheckpointState = Omit<z.infer<typeof headerSchema>, 'arithmetic' | 'arrays'>

export interface CheckpointContent {
  readonly state: CheckpointState
  /** Weights, optimizer slots, masks and ranges, by name. */
  readonly arrays: ReadonlyMap<string, Float32Array>
}

/** One file: a line of JSON, then the arrays as they lie, little-endian float32. */
export function writeCheckpoint({ state, arrays }: CheckpointContent): Uint8Array<ArrayBuffer>[] {
  const header = {
    ...state,
    arithmetic: ARITHMETIC_VERSION,
    arrays: [...arrays].map(([name, values]) => ({ name, length: values.length })),
  }
  return [
    new TextEncoder().encode(`${MAGIC}${JSON.stringify(header)}\n`),
    ...[...arrays.values()].map(bytesOf),
  ]
}

/** Not copied where that can be: all arrays of a run together are several times its weights. */
function bytesOf(values: Float32Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength, byteOffset } = values
  return buffer instanceof ArrayBuffer
    ? new Uint8Array(buffer, byteOffset, byteLength)
    : new Uint8Array(values.slice().buffer)
}

/** @throws StudioError 'train/checkpoint', 'train/other-arithmetic' */
export function readCheckpoint(bytes: Uint8Array): CheckpointContent {
  const end = bytes.indexOf(10, MAGIC.length)
  const start = new TextDecoder().decode(bytes.subarray(0, MAGIC.length))
  if (start !== MAGIC || end < 0) throw damaged('it is not a checkpoint')
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(bytes.subarray(MAGIC.length, end)))
  } catch {
    throw damaged('its description is damaged')
  }
  // Asked first: another version may also have another description.
  if (!isOfThisArithmetic(json)) throw otherThanOurs(json)
  const parsed = headerSchema.safeParse(json)
  if (!parsed.success) throw damaged('its description is damaged')
  const { arithmetic, arrays: entries, ...state } = parsed.data
  const wanted = end + 1 + entries.reduce((sum, { length }) => sum + 4 * length, 0)
  if (bytes.length !== wanted) throw damaged(`it has ${bytes.length} bytes instead of ${wanted}`)
  const arrays = new Map<string, Float32Array>()
  let at = end + 1
  for (const { name, length } of entries) {
    arrays.set(name, new Float32Array(bytes.slice(at, at + 4 * length).buffer))
    at += 4 * length
  }
  return { state, arrays }
}

function otherThanOurs(json: unknown): StudioError {
  const header = z.object({ arithmetic: z.unknown().optional() }).safeParse(json)
  if (!header.success) return damaged('its description is damaged')
  const { arithmetic } = header.data
  return new StudioError('train/other-arithmetic', {
    field: 'arithmetic',
    expected: ARITHMETIC_VERSION,
    found: arithmetic === undefined ? 'nothing' : JSON.stringify(arithmetic).slice(0, 24),
  })
}

function damaged(reason: string): StudioError {
  return new StudioError('train/checkpoint', { reason })
}

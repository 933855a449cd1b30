import { z } from 'zod'
import { ARITHMETIC_VERSION, isOfThisArithmetic } from '../../core/arithmetic-version'
import { madeOnce } from '../../core/made-once'
import type { SensitivityTable } from '../../search/sensitivity'
import { count } from './kept-measure'
import { changedAt } from './kept-room'
import { sensitivityTables } from './kept-table'

/** What a table is of. */
export interface SensitivityPlace {
  /** Key of the files of the model. */
  readonly model: string
  /** Key of the data, with its preparation. */
  readonly data: string
  /** Id of trained weights; undefined: those of the file. */
  readonly trained: string | undefined
}

/** Characters of all tables together. */
export const MOST_CHARACTERS = 2 ** 23

const tableSchema = madeOnce((): z.ZodType<SensitivityTable> => {
  const settings = {
    bits: count.nullable(),
    sparsity: z.number(),
    range: z.enum(['minMax', 'mse']).exactOptional(),
  }
  const filters = z.discriminatedUnion('state', [
    z.object({
      state: z.literal('go'),
      filters: count,
      with: z.array(z.string()),
      cells: z.array(
        z.object({ share: z.number(), removed: count, saved: z.number(), error: z.number() }),
      ),
      measured: z.array(z.object({ share: z.number(), distance: z.number() })),
    }),
    z.object({
      state: z.literal('stay'),
      reason: z.enum(['output', 'shared', 'nested', 'layer', 'follows']),
      layer: z.string(),
    }),
  ])
  return z.object({
    key: z.string(),
    layers: z.array(
      z.object({
        layer: z.string(),
        weights: count,
        basis: z.enum(['inputs', 'weights']),
        cells: z.array(z.object({ ...settings, bytes: z.number(), error: z.number() })),
        measured: z.array(z.object({ ...settings, distance: z.number() })),
        unit: z.enum(['nats', 'relative']).nullable(),
        filters: filters.nullable(),
      }),
    ),
    small: z.array(
      z.object({
        small: z.enum(['biases', 'normalization']),
        cells: z.array(
          z.object({
            as: z.union([z.literal('float'), z.literal(16), z.literal(8)]),
            bytes: z.number(),
            distance: z.number(),
          }),
        ),
      }),
    ),
    corrected: z.boolean(),
    shown: z.object({ on: z.enum(['data', 'synthetic']), samples: count }),
  })
})

const entrySchema = z.object({ table: z.string() })

function idOf({ data, model, trained }: SensitivityPlace): string {
  return `${model}/${trained ?? 'file'}/${data}`
}

/**
 * Keeps what layers bear over a reload; of all tables the oldest go first, and one that is too large by itself is not kept.
 * @throws NotKept, or whatever else the browser throws
 */
export async function keepSensitivity(
  place: SensitivityPlace,
  table: SensitivityTable,
): Promise<void> {
  // As text, so that its size is known.
  const entry = {
    arithmetic: ARITHMETIC_VERSION,
    changed: Date.now(),
    table: JSON.stringify(table),
  }
  const id = idOf(place)
  if (entry.table.length > MOST_CHARACTERS) return
  const others = [...(await sensitivityTables.all())].filter(([other]) => other !== id)
  let characters = entry.table.length
  const gone = others
    .toSorted(([, one], [, other]) => changedAt(other) - changedAt(one))
    .flatMap(([other, stored]) => {
      characters += entrySchema.safeParse(stored).data?.table.length ?? 0
      return characters > MOST_CHARACTERS || !isOfThisArithmetic(stored) ? other : []
    })
  await sensitivityTables.drop(gone)
  await sensitivityTables.set(id, entry)
}

/** What an earlier visit has found; null where there is nothing that this arithmetic has found. */
export async function loadSensitivity(place: SensitivityPlace): Promise<SensitivityTable | null> {
  try {
    const stored = await sensitivityTables.get(idOf(place))
    if (!isOfThisArithmetic(stored)) return null
    return tableSchema().parse(JSON.parse(entrySchema.parse(stored).table))
  } catch {
    // Storage may be forbidden, and what nobody can read is found anew.
    return null
  }
}

/** Of these models. @throws DOMException where the browser forbids storage */
export async function forgetSensitivities(models: ReadonlySet<string>): Promise<void> {
  const ids = await sensitivityTables.ids()
  await sensitivityTables.drop(ids.filter((id) => models.has(id.split('/')[0] ?? '')))
}

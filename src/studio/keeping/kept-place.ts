import { z } from 'zod'
import { outputMeanings } from '../../core/output-meaning'
import { dataSettingsSchema } from '../../data/data-settings'
import { readingChoicesSchema } from '../../data/reading/reading'
import { parseRecipe } from '../../techniques/recipe'
import type { AttachedData } from './attached-data'
import { contentKey, dataContentKey } from './content-key'
import { bytesOf, fileRefSchema } from './kept-bundle'
import type { FileRef } from './kept-bundle'
import { cutRecordSchema } from './kept-origin'
import { NotKept } from './not-kept'
import type { OpenPlace, Whole } from './open-place'
import type { LeftOutPart } from '../store/history-slice'

const dataSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('builtIn'),
    datasetId: z.string(),
    settings: dataSettingsSchema().nullable(),
  }),
  z.object({
    kind: z.literal('own'),
    files: fileRefSchema,
    choices: readingChoicesSchema,
    settings: dataSettingsSchema().nullable(),
  }),
])

/** A model as it is written: its files are named. */
export const keptWholeSchema = z.object({
  files: fileRefSchema,
  name: z.string(),
  parameters: z.number().nonnegative(),
  sampleId: z.string().nullable(),
  recipe: z.unknown().transform((recipe) => parseRecipe(recipe)),
  origin: z.object({ files: fileRefSchema, cuts: z.array(cutRecordSchema).min(1) }).nullable(),
  data: z.unknown(),
  meaning: z.enum(outputMeanings).nullable(),
  outputNames: z.array(z.string()).nullable(),
})
export type KeptWhole = z.input<typeof keptWholeSchema>

const listSchema = z.array(z.unknown())
const chainSchema = z.object({ place: z.unknown(), wholes: listSchema })

/** Writes places, and gathers the files that they name. */
export class PlaceWriter {
  /** By what they hold. */
  readonly bundles = new Map<string, readonly File[]>()
  /** Of all models that are named, samples too. */
  readonly modelKeys = new Set<string>()
  private readonly samples = new Map<readonly File[], string>()
  private readonly wantsData: (key: string) => boolean

  /** @param wantsData whether own data is written too, by what it holds */
  constructor(places: readonly OpenPlace[], wantsData: (key: string) => boolean) {
    this.wantsData = wantsData
    for (const { files, sampleId } of places.flatMap((place) => [place, ...place.wholes]))
      if (sampleId !== null) this.samples.set(files, sampleId)
  }

  get bytes(): number {
    return [...this.bundles.values()].reduce((sum, files) => sum + bytesOf(files), 0)
  }

  /** @throws NotKept outside https */
  async refOf(files: readonly File[]): Promise<FileRef> {
    const key = await contentKey(files)
    if (key === null) throw new NotKept({ kind: 'insecure' })
    const sample = this.samples.get(files)
    if (sample !== undefined) return { sample, held: key }
    this.bundles.set(key, files)
    return { key }
  }

  async place({ wholes, ...place }: OpenPlace): Promise<z.input<typeof chainSchema>> {
    const written: KeptWhole[] = []
    for (const whole of wholes) written.push(await this.whole(whole))
    return { place: await this.whole(place), wholes: written }
  }

  private async whole({ files, data, origin, ...rest }: Whole): Promise<KeptWhole> {
    for (const model of [files, origin?.files ?? files])
      this.modelKeys.add((await contentKey(model)) ?? '')
    return {
      ...rest,
      outputNames: rest.outputNames === null ? null : [...rest.outputNames],
      files: await this.refOf(files),
      data: data?.kind === 'own' ? await this.ownData(data) : data,
      origin:
        origin === null ? null : { files: await this.refOf(origin.files), cuts: [...origin.cuts] },
    }
  }

  private async ownData(data: Extract<AttachedData, { kind: 'own' }>): Promise<object> {
    const key = await dataContentKey(data.files)
    // Nobody has asked to keep it; that it was there is said later.
    if (key === null || !this.wantsData(key)) return { kind: 'notKept' }
    this.bundles.set(key, data.files)
    return { ...data, files: { key } }
  }
}

/** Reads places part by part: what is damaged or gone takes no other with it. */
export class PlaceReader {
  readonly lost = new Set<LeftOutPart>()
  private readonly find: (ref: FileRef) => Promise<readonly File[] | null>

  constructor(find: PlaceReader['find']) {
    this.find = find
  }

  /** @returns null where its model cannot be opened again */
  async place(stored: unknown): Promise<OpenPlace | null> {
    const chain = chainSchema.safeParse(stored)
    if (!chain.success) return null
    // A sample alone may have changed since: nothing is compared with it.
    const place = await this.whole(chain.data.place, true)
    if (place === null) return null
    return { ...place, wholes: await this.wholes(chain.data.wholes) }
  }

  /** @param mayChange whether a sample that another build has changed is the same to whoever asks */
  async files(stored: unknown, mayChange = false): Promise<readonly File[] | null> {
    const ref = fileRefSchema.safeParse(stored)
    const files = ref.success ? await this.find(ref.data) : null
    if (files === null || !ref.success || mayChange || 'key' in ref.data) return files
    return (await contentKey(files)) === ref.data.held ? files : null
  }

  /** The way back leads over each of them, so it ends where one is gone. */
  private async wholes(stored: readonly unknown[]): Promise<readonly Whole[]> {
    const wholes: Whole[] = []
    for (const one of stored.toReversed()) {
      const whole = await this.whole(one)
      if (whole === null) {
        this.lost.add('cuts')
        break
      }
      wholes.unshift(whole)
    }
    return wholes
  }

  private async whole(stored: unknown, mayChange = false): Promise<Whole | null> {
    const parsed = safely(() => keptWholeSchema.parse(stored))
    if (parsed === null) return null
    const files = await this.files(parsed.files, mayChange)
    if (files === null) return null
    const data = await this.data(parsed.data)
    if (parsed.origin === null) return { ...parsed, files, data, origin: null }
    const { cuts, files: ref } = parsed.origin
    const original = await this.files(ref)
    if (original !== null) return { ...parsed, files, data, origin: { files: original, cuts } }
    this.lost.add('cuts')
    return { ...parsed, files, data, origin: null }
  }

  private async data(stored: unknown): Promise<AttachedData | null> {
    if (stored === null) return null
    const parsed = dataSchema.safeParse(stored)
    if (parsed.success) {
      if (parsed.data.kind === 'builtIn') return parsed.data
      const files = await this.files(parsed.data.files)
      if (files !== null) return { ...parsed.data, files }
    }
    this.lost.add('data')
    return null
  }
}

/** null where something in it is nobody's. */
export function safely<Value>(parse: () => Value): Value | null {
  try {
    return parse()
  } catch {
    return null
  }
}

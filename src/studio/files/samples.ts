import { bytesToHex } from '@noble/hashes/utils.js'
import { z } from 'zod'
import { StudioError } from '../../core/errors'
import { madeOnce } from '../../core/made-once'

z.config({ jitless: true })

const sampleSchema = madeOnce(() =>
  z.object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    datasetId: z.string(),
    /** teacher: not offered to start with, only to learn from. */
    role: z.enum(['model', 'teacher']).default('model'),
    parameters: z.number(),
    bytes: z.number(),
    files: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string() })),
    testAccuracy: z.number(),
    testCount: z.number(),
  }),
)

/** A built-in model as `public/models/samples.json` records it. */
export type Sample = z.infer<ReturnType<typeof sampleSchema>>

/** Resolves a path of this site; works under any sub-path. */
function siteUrl(path: string): string {
  return new URL(path, document.baseURI).href
}

const FILE = 'models/samples.json'

/** @throws StudioError 'data/not-loaded' or 'data/damaged' */
export async function fetchSamples(signal?: AbortSignal): Promise<readonly Sample[]> {
  const response = await get('samples', FILE, signal)
  return readSamples(await response.json().catch(() => null))
}

/** @throws StudioError 'data/damaged' */
export function readSamples(list: unknown): readonly Sample[] {
  const parsed = z.array(sampleSchema()).safeParse(list)
  if (parsed.success) return parsed.data
  throw new StudioError('data/damaged', {
    dataset: 'samples',
    file: FILE,
    expected: 'a list of samples',
    found: parsed.error.issues[0]?.message ?? '',
  })
}

/**
 * The built-in model of an id, which may be anybody's.
 * @throws StudioError 'data/not-loaded', 'data/damaged', 'recipe/link-sample'
 */
export async function fetchSample(id: string): Promise<Sample> {
  const samples = await fetchSamples()
  const found = samples.find((sample) => sample.id === id)
  if (found !== undefined) return found
  throw new StudioError('recipe/link-sample', {
    expected: samples.map((sample) => sample.id).join(', '),
    found: id,
  })
}

/**
 * Downloads the files of a sample and checks length and SHA-256 (the latter where the browser offers
 * it, which is on https and localhost).
 * @throws StudioError 'data/not-loaded' or 'data/damaged'
 */
export async function fetchSampleFiles(
  sample: Sample,
  onProgress: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<readonly File[]> {
  let done = 0
  const total = sample.files.reduce((sum, file) => sum + file.bytes, 0)
  return Promise.all(
    sample.files.map(async (file) => {
      const response = await get(sample.name, `models/${sample.id}/${file.path}`, signal)
      const bytes = await response.arrayBuffer()
      await check(sample.name, file, bytes)
      done += bytes.byteLength
      onProgress(done, total)
      return new File([bytes], file.path.slice(file.path.lastIndexOf('/') + 1))
    }),
  )
}

async function check(
  dataset: string,
  file: Sample['files'][number],
  bytes: ArrayBuffer,
): Promise<void> {
  if (bytes.byteLength !== file.bytes) {
    throw new StudioError('data/damaged', {
      dataset,
      file: file.path,
      expected: file.bytes,
      found: bytes.byteLength,
    })
  }
  // Missing on plain http from another machine.
  const subtle = (crypto as Partial<Crypto>).subtle
  if (subtle === undefined) return
  const found = bytesToHex(new Uint8Array(await subtle.digest('SHA-256', bytes)))
  if (found !== file.sha256) {
    throw new StudioError('data/damaged', {
      dataset,
      file: file.path,
      expected: file.sha256,
      found,
    })
  }
}

async function get(dataset: string, file: string, signal?: AbortSignal): Promise<Response> {
  try {
    const response = await fetch(siteUrl(file), signal === undefined ? {} : { signal })
    if (response.ok) return response
    throw new StudioError('data/not-loaded', { dataset, file, reason: String(response.status) })
  } catch (thrown) {
    if (thrown instanceof StudioError) throw thrown
    if (thrown instanceof Error && thrown.name === 'AbortError') throw thrown
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    throw new StudioError('data/not-loaded', { dataset, file, reason })
  }
}

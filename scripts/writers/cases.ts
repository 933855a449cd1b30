/** What `write_models.py` leaves behind: cases.json, and a folder of files for each case. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { z } from 'zod'

const tensorSchema = z.object({
  /** Of a graph's node; null where tensors come in the model's own order. */
  name: z.string().nullable(),
  /** With the batch in front. */
  shape: z.array(z.int()),
  dtype: z.enum(['float32', 'int32']),
  values: z.array(z.number()),
})

const caseSchema = z.object({
  name: z.string(),
  how: z.string(),
  folder: z.string(),
  /** What the stock converter says where it refuses. */
  failure: z.string().nullable(),
  /** TensorFlow.js cannot run it: it has to open for its weights. */
  weightsOnly: z.boolean(),
  /** What its metadata call the outputs; null where they do not. */
  labels: z.array(z.string()).nullable(),
  inputs: z.array(tensorSchema),
  outputs: z.array(tensorSchema),
})

const listSchema = z.object({
  versions: z.record(z.string(), z.string()),
  cases: z.array(caseSchema),
})

export type WrittenTensor = z.infer<typeof tensorSchema>
export type WrittenCase = z.infer<typeof caseSchema>

export function readCases(root: string): z.infer<typeof listSchema> {
  return listSchema.parse(JSON.parse(readFileSync(join(root, 'cases.json'), 'utf8')))
}

/** The files of a case as a drop; none where nothing was written. */
export function filesBelow(folder: string): File[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => {
      const name = relative(folder, path).split(sep).join('/')
      return new File([new Uint8Array(readFileSync(path))], name)
    })
}

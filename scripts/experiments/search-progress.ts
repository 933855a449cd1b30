/** What an experiment has measured so far, so that one that was stopped goes on where it was. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'

const folder = new URL('../../node_modules/.cache/experiments/', import.meta.url)
const figuresSchema = z.record(z.string(), z.object({ bytes: z.number(), loss: z.number() }))

export type MeasuredFigures = z.infer<typeof figuresSchema>[string]

/** Figures by a key that says all that decides them. */
export class SearchProgress {
  private readonly file: URL
  private readonly known: Record<string, MeasuredFigures>

  constructor(name: string) {
    this.file = new URL(`${name}.json`, folder)
    this.known = read(this.file)
  }

  /** @returns what was measured before, or what is measured now and kept */
  async figures(key: string, measure: () => Promise<MeasuredFigures>): Promise<MeasuredFigures> {
    const before = this.known[key]
    if (before !== undefined) return before
    const now = await measure()
    this.known[key] = now
    mkdirSync(folder, { recursive: true })
    writeFileSync(this.file, JSON.stringify(this.known))
    return now
  }
}

function read(file: URL): Record<string, MeasuredFigures> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return {}
  }
  return figuresSchema.parse(JSON.parse(text))
}

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ZipSource } from '../files/zip-writer'
import { writeModelCard } from './model-card'
import { writeReport } from './report'
import type { ReportContent } from './report'
import { noFigures } from './report-figures'
import type { FigurePlace, ReportedFigures } from './report-figures'
import type { Usage } from './exporter'

function content(places: readonly FigurePlace[]): ReportContent {
  return {
    model: 'tiny',
    modelFormat: 'tfjs-layers',
    parameters: 400,
    versions: {},
    recipe: {},
    seed: 1,
    training: [],
    layers: [],
    tensors: [],
    files: [],
    original: {
      ...{ name: 'tiny', parameters: 400, macs: null, float32Bytes: 1600 },
      ...{ zippedFloat32Bytes: 1, own: null },
    },
    removed: null,
    data: null,
    calibration: null,
    places,
  }
}

function place(split: string, samples: number, scores: readonly string[] = []): FigurePlace {
  return { dataset: 'mine "quoted" | ä', split, samples, task: 'any', scores }
}

const usage: Usage = { language: 'js', intro: 'Open it:', code: 'open()' }

/** Report and card of figures, as the archive holds them. */
function filesOf(places: readonly FigurePlace[], figures: ReportedFigures): readonly ZipSource[] {
  return [writeReport(content(places), figures), writeModelCard(content(places), usage, figures)]
}

function lengths(files: readonly ZipSource[]): readonly (number | undefined)[] {
  return files.flatMap(({ bytes, tail }) => [bytes.length, tail?.length])
}

function textOf(file: ZipSource | undefined): string {
  const decoder = new TextDecoder()
  return decoder.decode(file?.bytes) + decoder.decode(file?.tail)
}

const extremes = [
  ...[0, -0, 1, -1, Number.MIN_VALUE, -Number.MIN_VALUE, Number.MAX_VALUE, -Number.MAX_VALUE],
  ...[-2.2250738585072014e-308, -1.2345678901234567e-100, 1 / 3, NaN, Infinity, -Infinity],
]

const accuracyOfOne = {
  ...{ samples: 1, correct: 1, originalCorrect: 1 },
  ...{ onlyOriginal: 0, onlyCompressed: 0, topFive: null },
}

describe('figures at the end of report and card', () => {
  it('take as much room whatever the accuracies are, none included', () => {
    for (const samples of [1, 80, 10_000, 2_147_483_647]) {
      const places = [place('validation', samples), place('test', samples)]
      const empty = filesOf(places, noFigures)
      const count = fc.integer({ min: 0, max: samples })
      const top = fc.option(fc.record({ correct: count, originalCorrect: count }))
      const counts = { samples: count, correct: count, originalCorrect: count }
      // The exact test sums over what one model alone has right.
      const few = fc.integer({ min: 0, max: Math.min(samples, 40) })
      const paired = { onlyOriginal: few, onlyCompressed: few }
      const entry = fc.record({ ...counts, ...paired, topFive: top })
      fc.assert(
        fc.property(fc.array(entry, { maxLength: 2 }), (entries) => {
          const accuracy = entries.map((one, at) => ({ ...one, split: at ? 'test' : 'validation' }))
          const files = filesOf(places, { accuracy, scores: [] })
          expect(lengths(files)).toEqual(lengths(empty))
          const read = JSON.parse(textOf(files[0])) as ReportedFigures
          expect(read.accuracy).toHaveLength(2)
          for (const [at, { correct }] of accuracy.entries())
            expect(read.accuracy[at]?.correct).toBe(correct)
        }),
        { seed: 20261128, numRuns: 100, examples: [[[]]] },
      )
    }
  })

  it('take as much room whatever the scores are, up to the ends of the doubles', () => {
    const places = [place('validation', 9, ['mae', 'r2']), place('test', 9, ['mae', 'r2'])]
    const empty = filesOf(places, noFigures)
    const value = fc.option(fc.oneof(fc.double(), fc.constantFrom(...extremes)))
    fc.assert(
      fc.property(value, value, (mae, r2) => {
        const scores = [
          { id: 'mae', value: mae, original: r2 },
          { id: 'r2', value: r2, original: mae },
        ]
        const files = filesOf(places, {
          accuracy: [],
          scores: [{ split: 'test', samples: 9, scores }],
        })
        expect(lengths(files)).toEqual(lengths(empty))
        const { scores: read } = JSON.parse(textOf(files[0])) as Pick<ReportedFigures, 'scores'>
        const finite = Number.isFinite(mae) ? mae : null
        expect(read[1]?.scores[0]?.value ?? null).toBe(Object.is(finite, -0) ? 0 : finite)
      }),
      {
        seed: 20261128,
        numRuns: 300,
        examples: extremes.map((one): [number, number] => [one, one]),
      },
    )
  })

  it('cannot be longer than their place: what does not fit is not stated', () => {
    const places = [place('test', 10)]
    const one = { split: 'test', samples: 10, correct: 9, originalCorrect: 9, topFive: null }
    const wrong = { ...one, onlyOriginal: 1e21, onlyCompressed: 1.5 }
    const files = filesOf(places, { accuracy: [wrong], scores: [] })
    expect(lengths(files)).toEqual(lengths(filesOf(places, noFigures)))
    expect(JSON.parse(textOf(files[0]))).toMatchObject({ accuracy: [{ onlyOriginal: null }] })
  })

  it('that were not measured say so in as much room, for the smallest split and for scores', () => {
    for (const one of [place('test', 1), place('test', 7, ['mae', 'r2'])]) {
      const figures: ReportedFigures = {
        accuracy: [{ ...accuracyOfOne, split: 'test' }],
        scores: [{ split: 'test', samples: 7, scores: [{ id: 'r2', value: 1 / 3, original: -1 }] }],
      }
      const measured = filesOf([one], figures)
      const left = filesOf([one], noFigures)
      expect(lengths(left)).toEqual(lengths(measured))
      const read = JSON.parse(textOf(left[0])) as ReportedFigures
      expect([...read.accuracy, ...read.scores]).toMatchObject([
        { split: 'test', samples: null, measured: false },
      ])
      expect(textOf(measured[0])).not.toContain('"measured":')
      expect(textOf(left[1])).toContain('not measured on the test split')
      expect(textOf(measured[1])).not.toContain('not measured')
    }
  })

  it('that were not measured are null, and what has no place is not stated', () => {
    const places = [place('test', 500)]
    const other = { split: 'train', samples: 1, scores: [] }
    const files = filesOf(places, { accuracy: [], scores: [other] })
    expect(JSON.parse(textOf(files[0]))).toMatchObject({
      accuracy: [{ split: 'test', samples: null, correct: null }],
      scores: [],
    })
    expect(textOf(files[1])).toMatch(/\| test \| not measured on the test split +\|\n/)
  })
})

/** Accuracy that is lost against the size of the file, as in figure 6 of Deep Compression (Han et al. 2016). */
import { mkdirSync, writeFileSync } from 'node:fs'
import * as vega from 'vega'
import { compile } from 'vega-lite'

export interface CurvePoint {
  readonly kind: 'pruning alone' | 'quantization alone' | 'distillation alone' | 'all three'
  readonly bytes: number
  /** On the validation split, 0..1. */
  readonly accuracy: number
}

const folder = new URL('../../docs/case-study/', import.meta.url)

/** Writes docs/case-study/<name>.svg. */
export async function drawCurves(
  name: string,
  whole: { readonly zippedBytes: number; readonly validationAccuracy: number },
  points: readonly CurvePoint[],
): Promise<void> {
  const values = points.map(({ accuracy, bytes, kind }) => ({
    kind,
    share: bytes / whole.zippedBytes,
    loss: 100 * (accuracy - whole.validationAccuracy),
  }))
  const { spec } = compile({
    width: 560,
    height: 320,
    background: 'white',
    title: `${name}: validation accuracy against size of the zipped file`,
    data: { values },
    mark: { type: 'line', point: true },
    encoding: {
      x: {
        field: 'share',
        type: 'quantitative',
        scale: { type: 'log' },
        axis: { format: '.0%', title: 'size of the file, of the original’s' },
      },
      y: {
        field: 'loss',
        type: 'quantitative',
        axis: { title: 'accuracy gained or lost, points' },
      },
      color: {
        field: 'kind',
        type: 'nominal',
        title: null,
        legend: { orient: 'bottom', labelLimit: 300 },
      },
      order: { field: 'share' },
    },
  })
  const svg = await new vega.View(vega.parse(spec), { renderer: 'none' }).toSVG()
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL(`${name}.svg`, folder), `${svg}\n`)
}

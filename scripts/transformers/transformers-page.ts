import { readFileSync, writeFileSync } from 'node:fs'
import type { VariantId } from '../../src/core/transformers-variants'
import type { VariantRow } from '../../src/protocol/variant-messages'

/** A variant that the library has loaded. */
export interface CheckedVariant {
  readonly dtype: VariantId
  readonly bytes: number
  readonly row: VariantRow | null
  /** Of the library, in Node. */
  readonly loadMs: number
  /** Largest difference of outputs to onnxruntime-web, as a share of the largest. */
  readonly logits: number
  /** Of what pictures become, to what the page makes of them; null: no pictures. */
  readonly pixels: number | null
}

export interface CheckedModel {
  readonly name: string
  /** Of the original, a sample by onnxruntime-web. */
  readonly originalMs: number
  readonly variants: readonly CheckedVariant[]
}

/** A file of ResNet-18 whose kernels have 4 bits. */
export interface FourBits {
  /** Inputs that share a scale; null: one scale for a channel. */
  readonly block: number | null
  readonly bytes: number
  /** By the bits of weights and scales, and biases of 32. */
  readonly expected: number
  readonly loadMs: number
  readonly runMs: number
  /** Of the same numbers as floats. */
  readonly originalMs: number
  /** Largest difference of outputs to those, as a share of the largest. */
  readonly apart: number
}

/** Writes the record of a check, with its date. */
export function writeTransformersPage(
  path: string,
  library: string,
  models: readonly CheckedModel[],
  fourBits: readonly FourBits[],
): void {
  const { version } = JSON.parse(
    readFileSync('node_modules/onnxruntime-web/package.json', 'utf8'),
  ) as { version: string }
  const day = new Date().toISOString().slice(0, 10)
  const text = `# Folders as Transformers.js loads them

Written by \`npm run check:transformers -- --record\`; do not edit. The command writes folders as the page does, loads each
variant with the real library in Node, and compares its outputs with those of onnxruntime-web for the same file and what
pictures become with what the page makes of them. The code of each README.md is run as it stands.

Differences are the largest ones, as a share of the largest number. In Node onnxruntime makes one operator of
\`DequantizeLinear\` and a product and rounds what is multiplied to 8 bits, so that outputs of 4 bits differ more there; in pages they do not. Load and a sample are those of onnxruntime-web in Node, on
one thread; a sample of the original beside the name. ResNet-18 has the shape of its weights, random ones, on pictures of 32 x 32:
its bytes are those of the real one, and what it says of pictures means nothing.

${day}, ${library}, onnxruntime-web ${version}, Node ${process.versions.node}.

${models.map(section).join('\n')}
## ResNet-18 with 4 bits for all kernels

Bytes beside those of 4 bits a weight, 4 bytes a scale and biases of 32 bits; at most 3 % apart. Codes of 4 bits
are decoded at each run.

| a scale for | bytes | by its bits | apart | load | a sample | as floats | outputs differ |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${fourBits.map(fourBitsRow).join('\n')}
`
  writeFileSync(path, text)
}

function section({ name, originalMs, variants }: CheckedModel): string {
  const rows = variants.map(({ bytes, dtype, logits, loadMs, pixels, row }) => {
    const times = row?.times ?? null
    const cells = [
      `\`${dtype}\``,
      String(bytes),
      worth(row),
      ms(times?.loadMs),
      ms(times?.runMs),
      ms(loadMs),
      logits.toExponential(1),
      pixels === null ? '' : pixels.toExponential(1),
    ]
    return `| ${cells.join(' | ')} |`
  })
  return `## ${name} (original: ${ms(originalMs)} a sample)

| dtype | bytes | right, or alike | load | a sample | loaded by the library | outputs differ | pixels differ |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}
`
}

function fourBitsRow({ apart, block, bytes, expected, ...times }: FourBits): string {
  const cells = [
    block === null ? 'a channel' : `${block} inputs`,
    ...[bytes, expected].map(String),
    `${(100 * (bytes / expected - 1)).toFixed(2)} %`,
    ...[times.loadMs, times.runMs, times.originalMs].map(ms),
    apart.toExponential(1),
  ]
  return `| ${cells.join(' | ')} |`
}

function ms(time: number | undefined): string {
  return time === undefined || Number.isNaN(time)
    ? ''
    : `${time < 10 ? time.toPrecision(2) : Math.round(time)} ms`
}

function worth(row: VariantRow | null): string {
  const measure = row?.measure ?? null
  if (measure?.type === 'accuracy')
    return `${measure.correct} of ${measure.measured} (original ${measure.originalCorrect})`
  if (measure?.type === 'agreement')
    return measure.agreement === null
      ? `error ${measure.relativeError.toExponential(1)}`
      : `${(100 * measure.agreement).toFixed(1)} % alike`
  return ''
}

/** What came of the matrix, as docs/matrix.md. */
import type { ExportTarget } from '../../src/core/model-summary'
import type { Cell } from '../../testing/matrix/matrix'

/** How a cell was found. */
export interface Found {
  readonly cell: Cell
  /** Of the other version of Keras, where it opens the file: as far as its outputs are. */
  readonly other: { readonly runtime: string; readonly difference: number } | null
}

const count = new Intl.NumberFormat('en')

export function matrixPage(
  found: readonly Found[],
  versions: Readonly<Record<string, string>>,
  date: Date,
): string {
  const proven = found.filter(({ cell }) => cell.outcome.kind === 'proven')
  const sources = [...new Set(found.map(({ cell }) => cell.source))]
  const others = found.flatMap(({ other }) => (other === null ? [] : [other]))
  const both = others.filter(({ difference }) => difference <= 1e-5)
  return `# Every source as every file

Written by \`npm run check:matrix -- --record\`; do not edit. The command opens models of each format that opens, makes of each what
people make (codes of 8, 4 and 2 bits with scales per tensor, per channel and in blocks, levels at means, pruned, with half of the channels, trained
for some steps), writes it as everything that it can be written as, and has the runtime that people use open each file: stock TensorFlow.js
(\`loadLayersModel\`, \`loadGraphModel\`) and onnxruntime-web in Node, Keras 3 and tf-keras, and safetensors in Python.

In each cell: bytes of all files as they lie, and the largest difference of an output from what the page says with these weights, as a share of the
largest number of that output. A cell is right where that is at most 1e-5 and no class changes but between two that are as likely as each other, where
every weight that the runtime holds by itself has the very bits that the steps have made (or, of float16, those rounded), and where the file opens here
again with them. Where scales of channels have moved into the normalization behind a layer, or a normalization into the kernel in front of it, the weights are others by design,
and the outputs are those of the weights that the steps have made. Files of floats, those of Keras among them, are tried after four of the settings: they hold floats, whatever made them. \`dynamic8\` rounds to 8 bits what products are given, as it comes: it is tried after the same four, and is right within a tenth, where no class changes but between two within a twentieth of each other (of models with a step such as \`sign\` or \`round\`, behind which anything may come, weights alone are compared). A file that computes with halves, because the one that was opened does, is right within 2^-11, by which a number is rounded to halves, and three times what the page says otherwise once it rounds everything to halves itself (\`testing/matrix/halves.ts\`); its weights are those that the steps have made, rounded to halves. Files whose activations are codes are not here: they need samples (\`npm run check:onnx-integers\`). A dash
is a refusal, which the page shows instead; its number says why.

${date.toISOString().slice(0, 10)}, ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(
      ', ',
    )}. ${found.length} cells: ${proven.length} right, ${found.length - proven.length} refused.
${both.length} of ${others.length} \`.h5\` files that the other version of Keras opens as well say the same there.

${sources.map((source) => section(found.filter(({ cell }) => cell.source === source))).join('\n')}`
}

function section(found: readonly Found[]): string {
  const [first] = found
  const targets = new Map(
    found.flatMap(({ cell: { target } }) => (target === null ? [] : [[nameOf(target), target]])),
  )
  const settings = [...new Set(found.map(({ cell }) => cell.setting))]
  const reasons: string[] = []
  const rows = settings.map((setting) => {
    const own = found.filter(({ cell }) => cell.setting === setting)
    const cells = [...targets.keys()].map((name) => {
      const one = own.find(({ cell: { target } }) => target === null || nameOf(target) === name)
      return one === undefined ? '' : textOf(one, reasons)
    })
    return `| ${[setting, ...cells].join(' | ')} |`
  })
  const heads = [...targets.keys()].map((name) => {
    const runtime = found.flatMap(({ cell: { outcome, target } }) =>
      outcome.kind === 'proven' && target !== null && nameOf(target) === name
        ? [outcome.result.runtime]
        : [],
    )
    return `${name}<br>${runtime[0] ?? ''}`
  })
  return `## ${first?.cell.source ?? ''}

| setting | ${heads.join(' | ')} |
|${' --- |'.repeat(heads.length + 1)}
${rows.join('\n')}

${reasons.map((reason, at) => `${at + 1}. ${reason}`).join('\n')}
`
}

function nameOf({ container, precision }: ExportTarget): string {
  return precision === 'exact' ? container : `${container}, ${precision}`
}

function textOf({ cell: { outcome } }: Found, reasons: string[]): string {
  if (outcome.kind === 'refused') {
    if (!reasons.includes(outcome.reason)) reasons.push(outcome.reason)
    return `— ${reasons.indexOf(outcome.reason) + 1}`
  }
  const { bytes, difference } = outcome.result
  const apart =
    difference === null ? 'weights' : difference === 0 ? '0' : difference.toExponential(1)
  return `${count.format(bytes)} · ${apart}`
}

import { strToU8 } from 'fflate'
import { mcNemarTest, wilsonInterval } from '../core/proportions'
import type { ExportedFile } from './exporter'
import type { ReportContent } from './report'

/** Writes README.md, the model card: what was done, what was measured, how to load it. */
export function writeModelCard(content: ReportContent): ExportedFile {
  return { path: 'README.md', bytes: strToU8(modelCard(content)) }
}

function modelCard({
  model,
  modelFormat,
  recipe,
  seed,
  files,
  layers,
  accuracy,
  scores,
  versions,
}: ReportContent): string {
  const weights = layers.reduce((sum, layer) => sum + layer.weights, 0)
  const zeros = layers.reduce((sum, layer) => sum + layer.zeros, 0)
  const shardBytes = files
    .filter((file) => file.path.endsWith('.bin'))
    .reduce((sum, file) => sum + file.bytes, 0)
  return `# ${inline(model)}, compressed

A TensorFlow.js ${modelFormat === 'tfjs-graph' ? 'graph' : 'layers'} model. Open it with stock TensorFlow.js:

\`\`\`js
const model = await tf.${modelFormat === 'tfjs-graph' ? 'loadGraphModel' : 'loadLayersModel'}('model.json')
\`\`\`

- Weights: ${weights}, of them zero: ${zeros} (${percent(zeros, weights)})
- Weight files: ${shardBytes} bytes. A web server sends fewer only if it compresses \`.bin\` files.
- Made with: ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}

## Accuracy

${accuracyTable(accuracy, scores)}
${accuracy.map(pairedText).join('')}
The validation split was used for choosing the settings; the test split was not.

## Recipe

Seed ${seed}. ${originOf(recipe)}

\`\`\`json
${JSON.stringify(recipe, null, 2)}
\`\`\`

Per-layer results and the SHA-256 of every file are in \`report.json\`.
`
}

function pairedText({
  split,
  samples,
  correct,
  onlyOriginal,
  onlyCompressed,
}: ReportContent['accuracy'][number]): string {
  const [low, high] = wilsonInterval(correct, samples).map((share) => percent(share, 1))
  const p = mcNemarTest(onlyOriginal, onlyCompressed)
  return (
    `\nOn ${split}, the compressed model's accuracy has the 95 % interval ${low ?? ''} to ${high ?? ''} (Wilson). ` +
    `The original alone is right on ${onlyOriginal} samples, the compressed model alone on ${onlyCompressed}: ` +
    `p = ${p.toFixed(4)} (McNemar, exact, two-sided).\n`
  )
}

/** What a recipe starts from. */
function originOf(recipe: object): string {
  if (!('trained' in recipe)) return 'The same recipe on the same original gives the same bytes.'
  return (
    `The steps work on weights that were trained further (${inline(String(recipe.trained))}); how is in ` +
    '`report.json` under `training`. Activations are float32: the file holds weights alone.'
  )
}

function accuracyTable(
  accuracy: ReportContent['accuracy'],
  scores: ReportContent['scores'],
): string {
  const rows = [
    ...accuracy.map(({ dataset, split, samples, correct, originalCorrect }) =>
      row(dataset, split, samples, 'accuracy', [
        percent(originalCorrect, samples),
        percent(correct, samples),
      ]),
    ),
    ...scores.flatMap(({ dataset, split, samples, scores: several }) =>
      several.map(({ id, value, original }) =>
        row(dataset, split, samples, id, [number(original), number(value)]),
      ),
    ),
  ]
  if (rows.length === 0) return 'Not measured: no labelled data was attached.'
  return [
    '| data | split | samples | score | original | compressed |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

function row(
  dataset: string,
  split: string,
  samples: number,
  score: string,
  values: readonly string[],
): string {
  return `| ${[inline(dataset), split, samples, score, ...values].join(' | ')} |`
}

/** Always as long, so that the size of the file does not depend on the digits. */
function number(value: number | null): string {
  return value === null ? 'not defined' : value.toExponential(5)
}

/** Names come from files, so they may not open a table cell, a link or a line. */
function inline(text: string): string {
  return text.replace(/[\\`*_[\]<>|#]/g, '\\$&').replace(/\s+/g, ' ')
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${((100 * part) / whole).toFixed(2)} %`
}

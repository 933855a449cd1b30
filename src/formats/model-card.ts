import { mcNemarTest, wilsonInterval } from '../core/proportions'
import type { Runtime } from '../core/model-summary'
import type { ZipSource } from '../files/zip-writer'
import type { Usage } from './exporter'
import { headAndTail } from './report'
import type { ReportContent } from './report'
import { noFigures } from './report-figures'
import type { FigurePlace, ReportedFigures } from './report-figures'

/**
 * Writes README.md, the model card: what was done, how to load it, what was measured. Its figures are
 * its tail, of a length that does not depend on them.
 */
export function writeModelCard(
  content: ReportContent,
  usage: Usage,
  figures: ReportedFigures = noFigures,
): ZipSource {
  const { places } = content
  const rows = places.map((place) => row(place, figures)).join('') + measuredBy(figures, places)
  return { path: 'README.md', ...headAndTail(cardHead(content, usage), rows, places) }
}

const runtimes: Readonly<Record<Runtime, string>> = {
  stock: 'stock TensorFlow.js',
  own: "Compression Studio's own operators, in the meaning of the framework that the model came from",
  onnxRuntime: 'ONNX Runtime (onnxruntime-web)',
}

/** As long whatever it says. */
function measuredBy({ runtime }: ReportedFigures, places: readonly FigurePlace[]): string {
  if (places.length === 0) return ''
  const sentence = (by: string): string => `\nThis file was measured by ${by}.`
  const longest = Math.max(...Object.values(runtimes).map((by) => sentence(by).length))
  return `${(runtime === undefined ? '' : sentence(runtimes[runtime])).padEnd(longest)}\n`
}

const SERVED = ' A web server sends fewer only if it compresses `.bin` files.'
/** Files that hold weights. */
const WEIGHTS = /\.(?:bin|data|h5|keras|onnx|safetensors)$/

function cardHead(content: ReportContent, usage: Usage): string {
  const { model, recipe, removed, seed, files, layers, training, versions, places } = content
  const weights = layers.reduce((sum, layer) => sum + layer.weights, 0)
  const zeros = layers.reduce((sum, layer) => sum + layer.zeros, 0)
  const shardBytes = files
    .filter((file) => WEIGHTS.test(file.path))
    .reduce((sum, file) => sum + file.bytes, 0)
  return `# ${inline(model)}, compressed

${usage.intro}

\`\`\`${usage.language}
${usage.code}
\`\`\`

${webText(usage)}${removedText(content)}${scalesText(content)}${foldedText(content)}${outputsText(content)}${ownText(content)}${training.map(trainedText).join('')}- Weights: ${weights}, of them zero: ${zeros} (${percent(zeros, weights)})
- Weight files: ${shardBytes} bytes.${usage.language === 'js' ? SERVED : ''}
- Made with: ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}
- Recipe, seed (${seed}), results of every layer and SHA-256 of every file: \`report.json\`. ${originOf(recipe, removed !== null, training)}

## Accuracy

${accuracyHead(places)}
`
}

/** The same in a page, where another library opens it there. */
function webText({ web }: Usage): string {
  return web === undefined
    ? ''
    : `In a page:

\`\`\`js
${web}
\`\`\`

`
}

/** What was taken out of the opened model; nothing where nothing was. */
function removedText({ original, parameters, removed }: ReportContent): string {
  if (removed === null) return ''
  const parts = [
    ...removed.layers.map(({ name, before, after }) => `${inline(name)} ${before} to ${after}`),
    ...removed.gone.map((name) => `${inline(name)} left out`),
  ]
  return (
    `- Filters removed: ${parameters} of ${original.parameters} parameters are left (${parts.join(', ')}). ` +
    'Original is the model that was opened, before anything was removed.\n'
  )
}

/** Whoever looks for the layers of the opened model finds some more of them. */
function scalesText({ scales }: ReportContent): string {
  if (scales === undefined) return ''
  const { inserted, moved } = scales
  return (
    `- Scales: ${moved.length} kernels have one scale each; what their channels have of their own stands in the batch ` +
    `normalizations behind, ${inserted.length} of them added. Outputs are the same but for rounding.\n`
  )
}

/** Whoever looks for the weights of the opened model finds some of them in others. */
function foldedText({ folded }: ReportContent): string {
  return folded === undefined
    ? ''
    : `- Batch normalization: ${folded.length} layers are parts of the kernels and biases in front of them. Outputs are the ` +
        `same but for rounding.\n`
}

/** Files of other kinds than the one that was opened give outputs as a list. */
function outputsText({ outputs }: ReportContent): string {
  if (outputs === undefined) return ''
  return (
    `- The opened model gives its outputs by name. Where this file gives a list they are, in order: ` +
    `${outputs.map(inline).join(', ')}\n`
  )
}

/** Of files that were smaller than float32 before: what they took. */
function ownText({ original: { own, zippedFloat32Bytes } }: ReportContent): string {
  if (own === null) return ''
  return (
    `- The opened files: ${own.zippedBytes} bytes zipped as they were, ` +
    `${zippedFloat32Bytes} bytes as float32\n`
  )
}

/** What is said of a training run that is not as usual. */
function trainedText(run: object): string {
  return piecesText(run) + frozenText(run)
}

/** Which layers have learnt, where not all have. */
function frozenText(run: object): string {
  const { settings } = run as Partial<TrainedInPieces>
  const layers = settings?.layers ?? null
  if (layers === null || isBeforeFirstStep(run)) return ''
  return `- Trained in these layers alone: ${layers.map(inline).join(', ')}. The others are as they were before.\n`
}

/** How the batches of a training run went through the network, where not as a whole. */
function piecesText(run: object): string {
  const { passage, settings } = run as Partial<TrainedInPieces>
  if (isBeforeFirstStep(run)) return ''
  if (passage == null || settings === undefined || passage.piece >= settings.batchSize) return ''
  const statistics = statisticsText[passage.statistics] ?? ''
  return (
    `- Trained in batches of ${settings.batchSize}, at most ${passage.piece} samples at once, ` +
    `gradients summed up.${statistics}\n`
  )
}

/** What is read of a training run's record. */
interface TrainedInPieces {
  readonly epoch: number
  readonly settings: {
    readonly batchSize: number
    readonly batchNorm?: { readonly reestimate: boolean }
    readonly layers?: readonly string[] | null
  }
  readonly passage: { readonly piece: number; readonly statistics: string } | null
}

const statisticsText: Readonly<Partial<Record<string, string>>> = {
  pieces: ' Batch normalisation took its statistics from these pieces.',
  frozen: ' Batch normalisation kept its statistics: the pieces were too small for new ones.',
}

/** No epoch of it was better than what it began with. */
function isBeforeFirstStep(run: object): boolean {
  return (run as Partial<TrainedInPieces>).epoch === 0
}

function hasNewStatistics(run: object): boolean {
  const { passage, settings } = run as Partial<TrainedInPieces>
  const normalizes = passage != null && passage.statistics !== 'none'
  return settings?.batchNorm?.reestimate === true && normalizes
}

/** What a recipe starts from. */
function originOf(recipe: object, isCut: boolean, training: readonly object[]): string {
  const start = isCut ? 'after the removals under `removed`' : 'on the same original'
  if (!('trained' in recipe)) return `The same recipe ${start} gives the same bytes.`
  const isOfSteps = training.length === 0 || !training.every(isBeforeFirstStep)
  const weights = isOfSteps
    ? 'weights that were trained further'
    : training.some(hasNewStatistics)
      ? 'weights of no step of training, with statistics of batch normalisation taken anew'
      : 'weights as they were before the first step of a training run'
  return (
    `The recipe works on ${weights} (${inline(String(recipe.trained))}); how is under ` +
    '`training`. Activations are float32: the file holds weights alone.'
  )
}

function accuracyHead(places: readonly FigurePlace[]): string {
  const [first] = places
  if (first === undefined) return 'Not measured: no labelled data was attached.'
  const columns =
    first.scores.length === 0
      ? ['samples', 'original', 'compressed', 'between (Wilson, 95 %)', ...alone, 'p (McNemar)']
      : ['samples', ...first.scores.flatMap((id) => [`${id}, original`, `${id}, compressed`])]
  const all = ['data', 'split', ...columns]
  return (
    "Any figure is of this file's bytes. The validation split was used for choosing the settings; the test " +
    `split was not.\n\n| ${all.join(' | ')} |\n|${'---|'.repeat(all.length)}`
  )
}

const alone = ['right: original alone', 'compressed alone'] as const

/** Of one split, as long whatever it says. */
function row(place: FigurePlace, figures: ReportedFigures): string {
  const { accuracy, scores } = figures
  const line = `| ${cells(place, figures).join(' | ')} |\n`
  if ([...accuracy, ...scores].some(({ split }) => split === place.split)) return line
  const { dataset, split } = place
  const text = `| ${inline(dataset)} | ${split} | not measured on the ${split} split`
  // A table takes cells that are missing for empty ones.
  return `${text.padEnd(line.length - 3)} |\n`
}

/** Each as wide whatever it says. */
function cells(place: FigurePlace, { accuracy, scores }: ReportedFigures): string[] {
  const { dataset, split, samples } = place
  const width = Math.max(MISSING.length, String(samples).length)
  const names = [inline(dataset), split]
  if (place.scores.length > 0) {
    const found = scores.find((entry) => entry.split === split)
    const values = place.scores.flatMap((id) => {
      const score = found?.scores.find((candidate) => candidate.id === id)
      return [scoreText(score?.original), scoreText(score?.value)]
    })
    return [...names, fixed(found?.samples.toString(), width), ...values]
  }
  const found = accuracy.find((entry) => entry.split === split)
  const share = (count: number | undefined): string =>
    fixed(found && count !== undefined ? percent(count, found.samples) : undefined, 8)
  const interval = found && wilsonInterval(found.correct, found.samples)
  return [
    ...names,
    fixed(found?.samples.toString(), width),
    share(found?.originalCorrect),
    share(found?.correct),
    fixed(interval?.map((end) => percent(end, 1)).join(' to '), 20),
    fixed(found?.onlyOriginal.toString(), width),
    fixed(found?.onlyCompressed.toString(), width),
    fixed(found && chanceText(mcNemarTest(found.onlyOriginal, found.onlyCompressed)), 6),
  ]
}

const MISSING = '-'

/** No chance is nothing. */
function chanceText(p: number): string {
  return p < 1e-4 ? '< 1e-4' : p.toFixed(4)
}

function scoreText(value: number | null | undefined): string {
  return fixed(value === null ? 'undefined' : value?.toExponential(5), 13)
}

function fixed(text: string | undefined, width: number): string {
  return (text !== undefined && text.length <= width ? text : MISSING).padStart(width)
}

/** Names come from files, so they may not open a table cell, a link or a line. */
function inline(text: string): string {
  return text.replace(/[\\`*_[\]<>|#]/g, '\\$&').replace(/\s+/g, ' ')
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${((100 * part) / whole).toFixed(2)} %`
}

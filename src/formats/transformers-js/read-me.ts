import { isWorse, wilsonInterval } from '../../core/proportions'
import { variantSuffixes } from '../../core/transformers-variants'
import type { VariantId } from '../../core/transformers-variants'
import type { PlannedFile, TransformersPlan } from './transformers-plan'

/** The version that folders are tried with: `npm run check:transformers`. */
const TRIED = '4.3.2'

/** What was found out about a variant. */
export interface VariantFacts {
  readonly id: VariantId
  /** Of its file of ONNX. */
  readonly bytes: number
  readonly loadMs: number | null
  readonly runMs: number | null
  readonly accuracy: {
    readonly correct: number
    readonly originalCorrect: number
    readonly measured: number
    readonly onlyOriginal: number
    readonly onlyCompressed: number
  } | null
  /** Share of samples with the same first class, 0..1; null where labels say more, or nothing was compared. */
  readonly agreement: number | null
}

/** The code that loads a variant, as README.md and the page have it. */
export function loadingCode(name: string, dtype: VariantId, plan: TransformersPlan): string {
  const { ports, task } = plan
  const from = `'${name}', { dtype: '${dtype}' }`
  const places = `// This folder is ./models/${name}; in a page, /models/${name} of its server.
env.allowRemoteModels = false
env.localModelPath = typeof document === 'undefined' ? './models/' : '/models/'
`
  if (task === null)
    return `import { AutoModel, env } from '@huggingface/transformers'

${places}
const model = await AutoModel.from_pretrained(${from})`
  if (task !== 'image-classification')
    return `import { env, pipeline } from '@huggingface/transformers'

${places}
const run = await pipeline('${task}', ${from})`
  const isGrey = ports?.form.channels === 1
  const [names, picture] = isGrey
    ? ['env, pipeline, RawImage', "(await RawImage.read('picture.png')).grayscale()"]
    : ['env, pipeline', "'picture.png'"]
  return `import { ${names} } from '@huggingface/transformers'

${places}
const classify = await pipeline('image-classification', ${from})
console.log(await classify(${picture}))`
}

const said: Readonly<Record<Exclude<TransformersPlan['untold'], null>, string>> = {
  pad: 'pictures were padded to a square where this model was measured; Transformers.js stretches them',
  cropOfSides:
    'pictures were cut to the proportions of the input where this model was measured; Transformers.js stretches them',
}

/** README.md of a folder: how it is loaded, what its variants are worth, and what was assumed. */
export function readMe(
  name: string,
  variants: readonly VariantFacts[],
  dtype: VariantId,
  plan: TransformersPlan,
): PlannedFile {
  const { isAssumed, ports, untold } = plan
  const notes = [
    'Numbers are stored short and computed as float32, so no variant needs halves of a GPU. Codes of 8 bits and halves are decoded once, when a file is loaded, codes of 4 bits at each run.',
    'Times are those of onnxruntime-web on one thread of WebAssembly, a sample at a time, on the device that made this folder.',
    ...(ports === null
      ? [
          '`config.json` came with the model; `dtype` under `transformers.js_config` was added. Other files are as they came.',
        ]
      : [
          'The model takes `pixel_values` and gives `logits`, for which nodes were added to it; `model_type` says how Transformers.js calls it, not what it is.',
        ]),
    ...(ports?.form.channels === 1
      ? [
          'It wants one channel: turn pictures grey as above, which no setting of Transformers.js does.',
        ]
      : []),
    ...(isAssumed
      ? [
          'Nobody has shown it pictures here: that it wants them from 0 to 1 is assumed in `preprocessor_config.json`.',
        ]
      : []),
    ...(untold === null ? [] : [`Not as it was measured: ${said[untold]}.`]),
  ]
  const text = `# ${name} for Transformers.js

Tried with \`@huggingface/transformers\` ${TRIED}. Put this folder at \`models/${name}\`:

\`\`\`js
${loadingCode(name, dtype, plan)}
\`\`\`

| dtype | file | bytes | ${headOf(variants)} | load | inference |
| --- | --- | ---: | --- | ---: | ---: |
${variants.map((variant) => row(variant, plan.stem)).join('\n')}

${notes.map((note) => `- ${note}`).join('\n')}
`
  return { path: 'README.md', bytes: new TextEncoder().encode(text) }
}

function headOf(variants: readonly VariantFacts[]): string {
  return variants.some(({ accuracy }) => accuracy !== null)
    ? 'right on the validation split'
    : 'same first class as the original'
}

function row({ bytes, id, loadMs, runMs, ...measured }: VariantFacts, stem: string): string {
  const ms = (time: number | null): string =>
    time === null ? '-' : `${time < 10 ? time.toPrecision(2) : Math.round(time)} ms`
  const file = `\`onnx/${stem}${variantSuffixes[id]}.onnx\``
  return `| \`${id}\` | ${file} | ${bytes} | ${worth(measured)} | ${ms(loadMs)} | ${ms(runMs)} |`
}

function worth({ accuracy, agreement }: Pick<VariantFacts, 'accuracy' | 'agreement'>): string {
  const percent = (share: number): string => `${(100 * share).toFixed(2)} %`
  if (accuracy === null) return agreement === null ? '-' : percent(agreement)
  const { correct, measured, onlyCompressed, onlyOriginal, originalCorrect } = accuracy
  if (measured === 0) return '-'
  const [low, high] = wilsonInterval(correct, measured)
  const word = isWorse(onlyOriginal, onlyCompressed)
    ? 'worse'
    : isWorse(onlyCompressed, onlyOriginal)
      ? 'better'
      : null
  const verdict = word === null ? '' : `, **${word} than the original by more than chance**`
  return `${percent(correct / measured)} of ${measured} (${percent(low)} to ${percent(high)}; original ${percent(originalCorrect / measured)}${verdict})`
}

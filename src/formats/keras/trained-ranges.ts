import type { ModelNote } from '../../core/model-summary'
import type { KerasFile, KerasWeight } from './keras-file'

/** Ranges that a note names; of the others it says how many there are. */
const NAMED = 4

/**
 * Which values wrappers round between, as training for quantization has found it (tfmot's QuantizeWrapperV2 and
 * QuantizeLayer): facts about activations, which no step here goes by. A `.keras` file does not name them.
 * @throws StudioError 'open/h5-damaged', 'open/h5-unsupported', 'open/not-read'
 */
export async function trainedRanges({
  wrapperWeights,
}: Pick<KerasFile, 'wrapperWeights'>): Promise<ModelNote[]> {
  const ranges: string[] = []
  let count = 0
  for (const [path, weights] of wrapperWeights)
    for (const least of weights) {
      const stem = /^(.*?(?:activation|output|quantize_layer))_min(:\d+)?$/.exec(least.name)
      const most = stem && weights.find(({ name }) => name === `${stem[1]}_max${stem[2] ?? ''}`)
      if (!most || least.shape.length > 0 || most.shape.length > 0) continue
      count++
      if (ranges.length < NAMED) ranges.push(`${path} ${await shown(least)} … ${await shown(most)}`)
    }
  if (count === 0) return []
  return [{ code: 'note/trained-ranges', params: { count, ranges: ranges.join('; ') } }]
}

async function shown(weight: KerasWeight): Promise<string> {
  const [value = NaN] = await weight.read()
  return String(Number(value.toPrecision(4)))
}

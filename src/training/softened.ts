import type { OutputKind } from '../core/output-kind'

/** Stands for a probability that float32 has rounded to nothing. */
const LEAST = 1e-38

/**
 * What a model thinks of each class at a temperature: softmax(logits / T), or sigmoid(logit / T) where each output
 * is a yes or no by itself. Logits of probabilities are their logarithms (certain up to a constant, which
 * softmax takes out again).
 * @param outputs of one sample, as the model gives them
 * @returns as many numbers, from 0 to 1
 * @see Hinton et al. 2015, arXiv:1503.02531, section 2
 */
export function softened(
  outputs: ArrayLike<number>,
  kind: OutputKind,
  temperature: number,
): number[] {
  const values = Array.from(outputs)
  if (kind === 'sigmoid')
    return values.map((p) => {
      const logit = Math.log(Math.max(p, LEAST)) - Math.log(Math.max(1 - p, LEAST))
      return 1 / (1 + Math.exp(-logit / temperature))
    })
  const logits = kind === 'probabilities' ? values.map((p) => Math.log(Math.max(p, LEAST))) : values
  const largest = Math.max(...logits)
  const powers = logits.map((logit) => Math.exp((logit - largest) / temperature))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}

import { StudioError } from '../../core/errors'
import { shortText } from '../../core/short-text'
import { oddNumbers, zerosOfFinite } from '../tfjs-files/decode-weight'
import type { OddNumbers } from '../tfjs-files/decode-weight'
import type { NamedTensor } from './named-tensor'

/** A tensor in which NaN or infinities are among the numbers, all of them counted. */
export interface OddTensor extends OddNumbers {
  readonly name: string
}

/**
 * Tensors of numbers that are not all finite, in files which hold weights and no network. A causal mask is full of -inf on
 * purpose, and weights that diverged are no reason to refuse those beside them: nothing is computed here that they could
 * spread through. Where no tensor is finite, the training has diverged.
 */
export class OddTensors {
  private readonly finite = new Set<string>()
  private readonly odd = new Map<string, OddTensor>()

  constructor(private readonly file: string) {}

  /**
   * @param from index of the first value in the tensor
   * @returns how many of the values are zeros; null where some are not finite
   */
  see({ name }: NamedTensor, from: number, values: Float32Array): number | null {
    const zeros = zerosOfFinite(values)
    if (zeros !== null) {
      if (values.length > 0) this.finite.add(name)
      return zeros
    }
    const { firstIndex, infinite, nan } = oddNumbers(values)
    const before = this.odd.get(name)
    this.odd.set(name, {
      name,
      nan: nan + (before?.nan ?? 0),
      infinite: infinite + (before?.infinite ?? 0),
      firstIndex: before?.firstIndex ?? from + firstIndex,
    })
    return null
  }

  /** A tensor whose numbers somebody else has looked at. */
  sawFinite({ name }: NamedTensor): void {
    this.finite.add(name)
  }

  /** In the order in which they were seen. */
  all(): readonly OddTensor[] {
    return [...this.odd.values()]
  }

  /** @throws StudioError 'open/non-finite' naming the first tensor, where numbers were seen and no tensor is finite */
  requireOneFinite(): void {
    for (const name of this.odd.keys()) this.finite.delete(name)
    const [first] = this.odd.values()
    if (first === undefined || this.finite.size > 0) return
    const { firstIndex, infinite, name, nan } = first
    throw new StudioError('open/non-finite', {
      ...{ file: this.file, tensor: shortText(name), nan, infinite, firstIndex },
    })
  }
}

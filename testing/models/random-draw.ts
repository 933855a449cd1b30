import type { layers } from '@tensorflow/tfjs'
import type { Random } from '../../src/core/random'

type Format = 'channelsFirst' | 'channelsLast'

/** Sides of one sample. */
export type Sides = readonly number[]

/** A layer that reads such a sample; null: none of this class can. */
export type LayerMaker = (draw: Draw, sides: Sides) => layers.Layer | null

/** Random choices of one net, and names that nothing built before has a say in. */
export class Draw {
  private named = 0

  constructor(
    readonly random: Random,
    /** Where the channels of all pictures of the net lie. */
    readonly format: Format,
  ) {}

  name(kind: string): string {
    this.named += 1
    return `${kind}_${this.named}`
  }

  one<Item>(items: readonly Item[]): Item {
    return items[this.random.below(items.length)] as Item
  }

  /** True once in so many times. */
  once(of: number): boolean {
    return this.random.below(of) === 0
  }

  between(least: number, most: number): number {
    return least + this.random.below(most - least + 1)
  }

  /** Index of the channels among the sides of a picture or a film. */
  channelOf(sides: Sides): number {
    return this.format === 'channelsFirst' ? 0 : sides.length - 1
  }
}

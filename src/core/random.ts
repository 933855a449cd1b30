/**
 * Random numbers that a seed repeats exactly, on every machine and in every browser: sfc32
 * (Chris Doty-Humphrey's "small fast counting" generator of PractRand), period about 2^127 on
 * average, integer arithmetic only.
 */
export interface Random {
  /** Uniform in [0, 1), a multiple of 2^-32. */
  uniform(): number
  /** A whole number in [0, bound). */
  below(bound: number): number
  /** Standard normal (Box-Muller 1958). */
  normal(): number
}

/** Rounds that mix the seed into all of the state before the first number is handed out. */
const WARM_UP = 15

/** @param seed any number; its whole 53-bit integer part counts. */
export function createRandom(seed: number): Random {
  let a = 0x9e3779b9
  let b = Math.floor(seed / 2 ** 32) | 0
  let c = seed | 0
  let counter = 1

  const next = (): number => {
    const result = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + result
    c |= 0
    return result >>> 0
  }
  for (let round = 0; round < WARM_UP; round++) next()

  const uniform = (): number => next() / 2 ** 32
  return {
    uniform,
    below: (bound) => Math.floor(uniform() * bound),
    normal: () => {
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
      return radius * Math.cos(2 * Math.PI * uniform())
    },
  }
}

/** A new array in random order (Fisher & Yates 1938, Durstenfeld 1964); `items` stays as it is. */
export function shuffled<Item>(items: Iterable<Item>, random: Random): Item[] {
  const result = [...items]
  for (let last = result.length - 1; last > 0; last--) {
    const chosen = random.below(last + 1)
    const held = result[last] as Item
    result[last] = result[chosen] as Item
    result[chosen] = held
  }
  return result
}

/** What a kernel makes of its result besides, by the names that TensorFlow.js gives activations. */
export type Limiting = 'linear' | 'relu' | 'relu6'

export type Ends = readonly [least: number, most: number]

const ends: Readonly<Record<Limiting, Ends>> = {
  linear: [-Infinity, Infinity],
  relu: [0, Infinity],
  relu6: [0, 6],
}

/** What values are kept between. */
export function endsOf(activation: Limiting): Ends {
  return ends[activation]
}

/** Whether it is an activation that does nothing but keep values between two ends. */
export function isLimiting(activation: string): activation is Limiting {
  return activation in ends
}

import type { Numbers } from './folding'
import { preparedProduct } from './prepared-product'
import type { Prepared, Site } from './site'
import type { Phase, StepOf } from './step'

/** One product for each phase, whose outputs lie between those of the others. */
export function preparedSpread(step: StepOf<'spread'>, site: Site): Prepared {
  const { made, strides, phases } = step
  const parts = phases.map((phase) => {
    const { windows, to } = phase
    const own = { ...step, kind: 'product', windows, groups: 1, isTurned: false } as const
    const product = preparedProduct(own, site, { made, strides, ...to })
    return { phase, product }
  })
  return {
    begin: () => {
      for (const { product } of parts) product.begin?.()
    },
    weigh: (numbers: Numbers) => {
      for (const { phase, product } of parts)
        product.weigh?.((name) =>
          name === step.kernel ? tapsOfPhase(step, phase, numbers(name)) : numbers(name),
        )
    },
    run: (samples) => {
      for (const { product } of parts) product.run(samples)
    },
  }
}

/** From [height, width, filters, channels] to [height, width, channels, filters] of every n-th tap, the last first. */
function tapsOfPhase(
  { channels, filters, strides, window: whole }: StepOf<'spread'>,
  { tap, windows: { window } }: Phase,
  values: ArrayLike<number>,
): Float32Array {
  const to = new Float32Array(window.height * window.width * channels * filters)
  let at = 0
  for (let i = window.height - 1; i >= 0; i--)
    for (let j = window.width - 1; j >= 0; j--) {
      const place = (tap.top + i * strides.height) * whole.width + tap.left + j * strides.width
      for (let c = 0; c < channels; c++)
        for (let o = 0; o < filters; o++)
          to[at++] = values[(place * filters + o) * channels + c] ?? 0
    }
  return to
}

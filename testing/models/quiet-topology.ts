/** Layers that are nothing but noise, and what says how much. */
const noises: Readonly<Record<string, string>> = {
  Dropout: 'rate',
  SpatialDropout1D: 'rate',
  GaussianDropout: 'rate',
  AlphaDropout: 'rate',
  GaussianNoise: 'stddev',
}

/** Of recurrent layers, in either spelling. */
const rates: ReadonlySet<string> = new Set(['dropout', 'recurrent_dropout', 'recurrentDropout'])

/** A topology whose layers, nested and wrapped ones too, disturb nothing while they train. */
export function quietTopology(topology: object): object {
  return quietOf(topology) as object
}

function quietOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(quietOf)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [
    key,
    rates.has(key) && typeof inner === 'number' ? 0 : quietOf(inner),
  ])
  const copy: Record<string, unknown> = Object.fromEntries(entries)
  const amount = noises[String(copy['class_name'] ?? copy['className'])]
  const { config } = copy
  if (amount !== undefined && typeof config === 'object' && config !== null)
    copy['config'] = { ...config, [amount]: 0 }
  return copy
}

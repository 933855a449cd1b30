import type { Targets } from '../../data/task'

/** Samples whose class stands for no output are left out. */
export function labelled(samples: Uint32Array, targets: Targets): Uint32Array {
  return targets.task === 'classification' || targets.task === 'binary'
    ? samples.filter((sample) => (targets.labels[sample] ?? -1) >= 0)
    : samples
}

/** The targets of some of the samples, in their order. */
export function pick(targets: Targets, samples: Uint32Array): Targets {
  switch (targets.task) {
    case 'classification':
    case 'binary':
      return { ...targets, labels: samplesOf(targets.labels, samples) }
    case 'multiLabel': {
      const values = new Uint8Array(samples.length * targets.columns)
      samples.forEach((at, row) => {
        values.set(rowOf(targets.values, at, targets.columns), row * targets.columns)
      })
      return { ...targets, values }
    }
    case 'regression': {
      const values = new Float64Array(samples.length * targets.columns)
      samples.forEach((at, row) => {
        values.set(rowOf(targets.values, at, targets.columns), row * targets.columns)
      })
      return { ...targets, values }
    }
    case 'elements':
    case 'unlabelled':
      return targets
  }
}

export function samplesOf(labels: Int32Array, samples: Uint32Array): Int32Array {
  return Int32Array.from(samples, (at) => labels[at] ?? -1)
}

function rowOf<Values extends Uint8Array | Float64Array>(
  values: Values,
  row: number,
  columns: number,
): Values {
  return values.subarray(row * columns, (row + 1) * columns) as Values
}

import type { Procedures } from '../../protocol/procedures'
import type { Measurements } from '../measure/measurements'
import type { ModelStore } from '../model/model-store'
import type { Toolbox } from '../work/toolbox'
import { exportModel } from './export-model'
import { formulasFor } from './formulas'
import type { Previews } from './preview'
import type { RecipeRunner } from './recipe-runner'
import { Variants } from './variants'

interface RecipeParts {
  readonly tools: Toolbox
  readonly models: ModelStore
  readonly measurements: Measurements
  readonly runner: RecipeRunner
}

export function recipeProcedures({
  previews,
  ...parts
}: RecipeParts & { readonly previews: Previews }): Procedures<'recipe'> {
  const measuring = new Set<AbortController>()
  const variants = new Variants(parts)
  return {
    try: ({ recipe }, signal) => previews.tried(recipe, signal),
    preview: (request, emit, signal) => previews.preview(request, emit, signal),
    picture: (request, signal) => previews.picture(request, signal),
    formulas: (request, signal) =>
      formulasFor(
        parts.measurements.groundOf(parts.models.require()),
        parts.runner,
        request,
        signal,
      ),
    export: async (request, emit, signal) => {
      const leave = new AbortController()
      measuring.add(leave)
      try {
        return await exportModel(request, parts, emit, { signal, leave: leave.signal })
      } finally {
        measuring.delete(leave)
      }
    },
    variants: (request, emit, signal) => variants.make(request, emit, signal),
    variantsZip: (request, signal) => variants.zip(request, signal),
    saveUnmeasured: () => {
      for (const leave of measuring) leave.abort()
      return undefined
    },
  }
}

/** The outputs of a model that a recipe has changed, or of the original. */
export function outputProcedures({
  models,
  measurements,
  runner,
}: Omit<RecipeParts, 'tools'>): Pick<Procedures<'measure'>, 'outputs'> {
  return {
    outputs: async (request, emit, signal) => {
      const { recipe } = request
      const ground = measurements.groundOf(models.require())
      const weights =
        recipe === null ? ground.state.weights : (await runner.run(ground, recipe, signal)).tensors
      return measurements.outputs(ground, request, { kind: 'weights', weights }, emit, signal)
    },
  }
}

import { isStudioError, StudioError } from '../../core/errors'
import { SeveralBatches } from './frozen-batches'

/** Why TensorFlow.js could not build a model: a kernel that the backend lacks by name, else what it says itself. */
export function buildFaultOf(file: string, thrown: unknown): StudioError {
  if (isStudioError(thrown)) return thrown
  if (thrown instanceof SeveralBatches) return thrown.of(file)
  const gap = kernelGapOf(file, thrown)
  if (gap !== null) return gap
  const said = (thrown instanceof Error ? thrown.message : String(thrown)).replace(/\.$/, '')
  const reason = `TensorFlow.js says “${said}”`
  return new StudioError('open/build-failed', { file, reason }, { cause: thrown })
}

/** TensorFlow.js lacks a kernel on the backend; null: it stumbles on something else. */
export function kernelGapOf(file: string, thrown: unknown): StudioError | null {
  const said = thrown instanceof Error ? thrown.message : ''
  const [, kernel, backend] = /^Kernel '(\w+)' not registered for backend '(\w+)'/.exec(said) ?? []
  if (kernel === undefined || backend === undefined) return null
  return new StudioError('open/no-kernel', { file, kernel, backend }, { cause: thrown })
}

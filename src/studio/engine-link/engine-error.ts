import { StudioError, errorCatalog, isStudioError, toErrorData } from '../../core/errors'
import type { ErrorCode, ErrorParams } from '../../core/errors'

/** Turns whatever a call to the worker rejects with back into the error that was thrown there. */
export function readEngineError(thrown: unknown): StudioError {
  if (isStudioError(thrown)) return thrown
  const data: unknown = Reflect.get(Object(thrown), 'data')
  if (typeof data === 'object' && data !== null) {
    const code: unknown = Reflect.get(data, 'code')
    const params: unknown = Reflect.get(data, 'params')
    if (isErrorCode(code)) return new StudioError(code, readParams(code, params))
  }
  const { code, params } = toErrorData(thrown)
  return new StudioError(code, readParams(code, params))
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCatalog, code)
}

function readParams<Code extends ErrorCode>(code: Code, params: unknown): ErrorParams<Code> {
  const source = typeof params === 'object' && params !== null ? params : {}
  const entries = errorCatalog[code].map((name) => {
    const value: unknown = Reflect.get(source, name)
    return [
      name,
      typeof value === 'number' ? value : typeof value === 'string' ? value : '',
    ] as const
  })
  return Object.fromEntries(entries) as ErrorParams<Code>
}

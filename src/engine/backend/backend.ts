import { backendNames } from '../../core/backend-name'
import type { BackendName } from '../../core/backend-name'
import { StudioError, toErrorData } from '../../core/errors'
import type { StudioErrorData } from '../../core/errors'
import type { EngineInfo, SkippedBackend, StartRequest } from '../../protocol/engine-messages'
import { SoftwareAdapter, backendStarters } from './backend-starters'
import type { EngineEnvironment } from '../host/environment'
import type { BackendWatch } from './gpu-watch'
import { measureGigaflops, selfTest } from './self-test'

/** A driver that compiles shaders for the first time needs a few seconds; more is a hang. */
const START_LIMIT_MS = 20_000

/** All but what else the place has. */
type BackendInfo = Omit<EngineInfo, 'cores'>

export interface ChosenBackend {
  readonly info: BackendInfo
  readonly watch: BackendWatch
}

/**
 * Starts the first backend of the order webgpu, webgl, wasm, cpu that is real hardware (or no GPU at
 * all), starts in time and passes the self-test. A forced backend is the only one tried, and may be a
 * software adapter.
 * @throws StudioError 'engine/no-backend', or the reason why the forced one cannot be used
 */
export async function chooseBackend(
  { forced, exclude }: StartRequest,
  environment: EngineEnvironment,
  limitMs = START_LIMIT_MS,
): Promise<ChosenBackend> {
  const skipped: SkippedBackend[] = []
  for (const backend of forced === null ? backendNames : [forced]) {
    if (exclude.includes(backend) && forced === null) {
      skipped.push({ backend, reason: reasonFor('engine/backend-excluded', backend) })
      continue
    }
    try {
      const start = tryBackend(backend, environment, forced !== null)
      const { started, gigaflops } = await withinLimit(start, backend, limitMs)
      const { adapter, software, maxTensorBytes, watch } = started
      const { crossOriginIsolated } = environment
      return {
        info: {
          backend,
          adapter,
          software,
          crossOriginIsolated,
          skipped,
          gigaflops,
          maxTensorBytes,
        },
        watch,
      }
    } catch (thrown) {
      if (forced !== null) throw thrown
      skipped.push({ backend, reason: reasonOf(thrown) })
    }
  }
  throw new StudioError('engine/no-backend', {
    tried: skipped.map(({ backend }) => backend).join(', '),
  })
}

async function tryBackend(backend: BackendName, environment: EngineEnvironment, forced: boolean) {
  const started = await backendStarters[backend](environment, forced)
  await selfTest(backend)
  const gigaflops = await measureGigaflops(environment.now)
  await started.watch.settle()
  return { started, gigaflops }
}

function withinLimit<Result>(
  work: Promise<Result>,
  backend: BackendName,
  limitMs: number,
): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new StudioError('engine/start-timeout', { backend, seconds: limitMs / 1000 }))
    }, limitMs)
  })
  return Promise.race([work, limit]).finally(() => {
    clearTimeout(timer)
  })
}

function reasonFor(code: 'engine/backend-excluded', backend: BackendName): StudioErrorData {
  return new StudioError(code, { backend }).toData()
}

function reasonOf(thrown: unknown): SkippedBackend['reason'] {
  return thrown instanceof SoftwareAdapter
    ? { code: 'software-adapter', adapter: thrown.adapter }
    : toErrorData(thrown)
}

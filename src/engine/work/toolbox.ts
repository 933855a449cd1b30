import type { ChosenBackend } from '../backend/backend'
import type { Cores } from '../cores/cores'
import type { EngineEnvironment } from '../host/environment'
import type { Exclusive } from './exclusive'
import type { Pace } from './pace'

/** What the parts of the engine share. */
export interface Toolbox {
  readonly environment: EngineEnvironment
  readonly pace: Pace
  readonly exclusive: Exclusive
  /** Further workers. */
  readonly cores: Cores
  /** @throws StudioError 'engine/no-backend' before the start */
  readonly backend: () => ChosenBackend
}

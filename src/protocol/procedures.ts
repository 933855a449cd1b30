import { getEventIteratorSchemaDetails } from '@orpc/contract'
import type {
  AnySchema,
  AsyncIteratorClass,
  ContractProcedure,
  ErrorMap,
  InferContractRouterInputs,
  InferContractRouterOutputs,
  Meta,
} from '@orpc/contract'
import { contract } from './contract'

/** A long call: what it tells on the way, and what it ends with. */
export type Stream<Event, Result> = AsyncGenerator<Event, Result, undefined>

/** All that is asked of an engine that has started. */
type Areas = Omit<typeof contract, 'engine'>
type Inputs = InferContractRouterInputs<Areas>
type Outputs = InferContractRouterOutputs<Areas>

export type Area = keyof Areas
/** What a caller hands over; procedures without an input take nothing. */
type Input<Name extends Area, Key extends keyof Inputs[Name]> = unknown extends Inputs[Name][Key]
  ? undefined
  : Inputs[Name][Key]
type Output<Name extends Area, Key> = Key extends keyof Outputs[Name] ? Outputs[Name][Key] : never

/**
 * The procedures of an area as a room of the engine offers them: plain functions of their input. A
 * long one tells its events on the way and ends once its signal is aborted.
 */
export type Procedures<Name extends Area> = {
  readonly [Key in keyof Inputs[Name]]: Output<Name, Key> extends AsyncIteratorClass<
    infer Event,
    infer Result,
    void
  >
    ? (
        input: Input<Name, Key>,
        emit: (event: Event) => void,
        signal: AbortSignal,
      ) => Promise<Result>
    : (
        input: Input<Name, Key>,
        signal: AbortSignal,
      ) => Output<Name, Key> | Promise<Output<Name, Key>>
}

/** The same procedures as they are called. Leaving a stream, or aborting the signal, cancels its work. */
export type Calls<Name extends Area> = {
  readonly [Key in keyof Inputs[Name]]: Output<Name, Key> extends AsyncIteratorClass<
    infer Event,
    infer Result,
    void
  >
    ? (...given: Given<Input<Name, Key>>) => Stream<Event, Result>
    : (...given: Given<Input<Name, Key>>) => Promise<Output<Name, Key>>
}

type Given<Asked> = undefined extends Asked
  ? [input?: Asked, signal?: AbortSignal]
  : [input: Asked, signal?: AbortSignal]

export type EngineProcedures = { readonly [Name in Area]: Procedures<Name> }
export type EngineCalls = { readonly [Name in Area]: Calls<Name> }

/** A line of the contract. */
type Line = ContractProcedure<AnySchema, AnySchema, ErrorMap, Meta>

/** Where a procedure stands in the contract, and how it answers. */
export interface ProcedurePlace {
  readonly area: Area
  readonly name: string
  readonly procedure: Line
  readonly isStream: boolean
}

/** Makes one thing of every procedure but the start, under the contract's own names. */
export function ofEachProcedure<Made>(
  make: (place: ProcedurePlace) => Made,
): Record<string, Record<string, Made>> {
  const made: Record<string, Record<string, Made>> = {}
  for (const [area, procedures] of Object.entries(contract)) {
    if (!isArea(area)) continue
    const ofArea: Record<string, Made> = {}
    for (const [name, procedure] of Object.entries<Line>(procedures)) {
      const { outputSchema } = procedure['~orpc']
      const isStream = getEventIteratorSchemaDetails(outputSchema) !== undefined
      ofArea[name] = make({ area, name, procedure, isStream })
    }
    made[area] = ofArea
  }
  return made
}

function isArea(name: string): name is Area {
  return name !== 'engine'
}

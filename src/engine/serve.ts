import { ORPCError, implement } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { toErrorData } from '../core/errors'
import type { StudioError, StudioErrorData } from '../core/errors'
import { contract } from '../protocol/contract'
import { portOptions } from '../protocol/transfer'
import type { Engine, Stream } from './engine'

/**
 * Serves an engine's procedures on a port.
 * @param port started by the caller
 * @param onFault told when the device fails
 */
export function serveEngine(
  engine: Engine,
  port: MessagePort,
  onFault: (fault: StudioError) => void = () => undefined,
): void {
  new RPCHandler(createRouter(engine, onFault), portOptions).upgrade(port)
}

function createRouter(engine: Engine, onFault: (fault: StudioError) => void) {
  const os = implement(contract)
  const answer = <Result>(work: () => Promise<Result>): Promise<Result> =>
    work().catch((error: unknown) => {
      throw rpcError(engine, error)
    })
  const order = (work: () => void): Promise<undefined> =>
    answer(() =>
      Promise.resolve().then(() => {
        work()
        return undefined
      }),
    )
  const stream = <Event, Result>(open: () => Stream<Event, Result>): Stream<Event, Result> =>
    translated(engine, open)
  return os.router({
    engine: {
      start: os.engine.start.handler(({ input }) => answer(() => engine.start(input, onFault))),
    },
    model: {
      open: os.model.open.handler(({ input, signal }) =>
        stream(() => engine.open(input.files, signal)),
      ),
      close: os.model.close.handler(({ signal }) =>
        answer(async () => {
          await engine.close(signal)
          return undefined
        }),
      ),
      addTrained: os.model.addTrained.handler(({ input }) =>
        answer(async () => {
          await engine.addTrained(input)
          return undefined
        }),
      ),
    },
    data: {
      attach: os.data.attach.handler(({ input, signal }) =>
        stream(() => engine.attach(input, signal)),
      ),
      open: os.data.open.handler(({ input, signal }) =>
        stream(() => engine.openData(input, signal)),
      ),
      configure: os.data.configure.handler(({ input }) =>
        answer(() => Promise.resolve().then(() => engine.configureData(input))),
      ),
      sample: os.data.sample.handler(({ input, signal }) =>
        answer(() => engine.sampleOfData(input.index, signal)),
      ),
      tryPreparations: os.data.tryPreparations.handler(({ signal }) =>
        stream(() => engine.tryPreparations(signal)),
      ),
      detach: os.data.detach.handler(() => {
        engine.detach()
        return undefined
      }),
    },
    measure: {
      original: os.measure.original.handler(({ signal }) =>
        stream(() => engine.measureOriginal(signal)),
      ),
      latency: os.measure.latency.handler(({ input, signal }) =>
        answer(() => engine.latency(input.batch, signal)),
      ),
      compare: os.measure.compare.handler(({ input, signal }) =>
        stream(() => engine.compare(input, signal)),
      ),
      drawn: os.measure.drawn.handler(({ input, signal }) =>
        answer(() => engine.drawn(input, signal)),
      ),
      outputs: os.measure.outputs.handler(({ input, signal }) =>
        stream(() => engine.outputs(input, signal)),
      ),
    },
    recipe: {
      try: os.recipe.try.handler(({ input, signal }) =>
        answer(() => engine.tried(input.recipe, signal)),
      ),
      preview: os.recipe.preview.handler(({ input, signal }) =>
        stream(() => engine.preview(input, signal)),
      ),
      picture: os.recipe.picture.handler(({ input, signal }) =>
        answer(() => engine.picture(input, signal)),
      ),
      export: os.recipe.export.handler(({ input, signal }) =>
        stream(() => engine.export(input, signal)),
      ),
    },
    structure: {
      groups: os.structure.groups.handler(() =>
        answer(() => Promise.resolve().then(() => engine.channelGroups())),
      ),
      blocks: os.structure.blocks.handler(() =>
        answer(() => Promise.resolve().then(() => engine.depthBlocks())),
      ),
      plan: os.structure.plan.handler(({ input }) =>
        answer(() => Promise.resolve().then(() => engine.planCut(input))),
      ),
      cut: os.structure.cut.handler(({ input, signal }) =>
        answer(() => engine.cutModel(input, signal)),
      ),
    },
    teacher: {
      open: os.teacher.open.handler(({ input, signal }) =>
        stream(() => engine.openTeacher(input.files, signal)),
      ),
      outputs: os.teacher.outputs.handler(({ input, signal }) =>
        stream(() => engine.teacherOutputs(input.first, signal)),
      ),
    },
    train: {
      start: os.train.start.handler(({ input, signal }) =>
        stream(() => engine.train(input, signal)),
      ),
      pause: os.train.pause.handler(() =>
        order(() => {
          engine.pauseTraining()
        }),
      ),
      resume: os.train.resume.handler(() =>
        order(() => {
          engine.resumeTraining()
        }),
      ),
      stop: os.train.stop.handler(() =>
        order(() => {
          engine.stopTraining()
        }),
      ),
    },
  })
}

/** The same stream with errors that survive the port. */
async function* translated<Event, Result>(
  engine: Engine,
  open: () => Stream<Event, Result>,
): Stream<Event, Result> {
  try {
    return yield* open()
  } catch (error) {
    throw rpcError(engine, error)
  }
}

/** A broken device explains every other error, so it goes first. */
function rpcError(engine: Engine, thrown: unknown): ORPCError<'STUDIO', StudioErrorData> {
  const data = engine.fault?.toData() ?? toErrorData(thrown)
  return new ORPCError('STUDIO', { defined: true, data, message: data.code, cause: thrown })
}

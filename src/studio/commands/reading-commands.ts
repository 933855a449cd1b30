import type { StudioErrorData } from '../../core/errors'
import { withChoice } from '../../data/reading/with-choice'
import type { ControlId, Reading, ReadingChoices } from '../../data/reading/reading'
import type { OpenDataRequest } from '../../protocol/data-messages'
import { drain } from '../../protocol/drain'
import { droppedPath } from '../../protocol/dropped-file'
import { readEngineError } from '../engine-link/engine-error'
import { readingObstacle } from '../store/reading-slice'
import type { CommandContext } from './command-world'

/** Choices that follow each other so fast are read once. */
const PAUSE_MS = 250

type FilesAsRead = Pick<OpenDataRequest, 'files' | 'choices'>

/** Files that are looked at before they are attached: how they were understood, and what is put right. */
export function createReadingCommands({ store, call, held }: CommandContext) {
  let files: readonly File[] = []
  /** The reading that counts; older ones are of no interest any more. */
  let going: AbortController | null = null
  /** The first pictures that are asked for. */
  let looking: AbortController | null = null
  /** The model that the last answer is for. */
  let answeredFor: string | null = null

  function modelId(): string | null {
    return store.getState().model?.id ?? null
  }

  function end(): void {
    going?.abort()
    looking?.abort()
    going = null
    looking = null
  }

  function close(): void {
    end()
    files = []
    store.getState().setReading(null)
  }

  /**
   * Reads the files with choices; the last call wins, and its answer takes the place of the one before.
   * @param refused what attaching met, said where the reading itself gives no reason
   */
  async function read(
    choices: ReadingChoices,
    { pause, refused }: { readonly pause: number; readonly refused: StudioErrorData | null },
  ): Promise<void> {
    end()
    const own = new AbortController()
    going = own
    const { changeReading } = store.getState()
    changeReading({ choices, busy: true, progress: null, error: null })
    try {
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause))
      if (going !== own) return
      const model = modelId()
      const result = await call(
        'read',
        async (client, signal) =>
          drain(await client.data.read({ files, choices }, { signal }), (progress) => {
            if (going === own) changeReading({ progress })
          }),
        own.signal,
      )
      if (going !== own) return
      answeredFor = model
      const isSaid = result.reading.problem !== null || result.misfit !== null
      changeReading({
        answer: { ...result, choices },
        busy: false,
        progress: null,
        error: isSaid ? null : refused,
        pictures: result.pictures ?? [],
      })
      // Those of arrays have come along.
      if (result.pictures === undefined) void showPictures(result.reading, choices)
    } catch (thrown) {
      if (going !== own) return
      const error = readEngineError(thrown).toData()
      changeReading({ busy: false, progress: null, error })
    }
    if (going === own) going = null
  }

  /** Asks for the first pictures once the rest is shown; without them it is no worse. */
  async function showPictures(
    { format, problem }: Reading,
    choices: ReadingChoices,
  ): Promise<void> {
    if (format === 'table' || problem !== null) return
    const own = new AbortController()
    looking = own
    try {
      const pictures = await call(
        'pictures',
        (client, signal) => client.data.pictures({ files, choices }, { signal }),
        own.signal,
      )
      if (looking === own) store.getState().changeReading({ pictures })
    } catch {
      // What is broken is named once the data is attached.
    }
  }

  /**
   * Opens the panel on files that were not attached.
   * @param refused why; null: nobody has tried
   * @returns why nothing of them can be read, so that there is nothing to put right; null where there is
   */
  async function show(
    wanted: FilesAsRead,
    refused: StudioErrorData | null,
  ): Promise<StudioErrorData | null> {
    const { reading, changeReading, setReading } = store.getState()
    const isOpen = reading !== null && files === wanted.files
    if (isOpen && answeredFor === modelId() && reading.answer?.choices === wanted.choices) {
      changeReading({ error: refused })
      return null
    }
    if (!isOpen) {
      end()
      files = wanted.files
      const [first] = files
      const title = first === undefined ? '' : (droppedPath(first).split('/')[0] ?? '')
      const nothing = { answer: null, busy: true, progress: null, error: null, attachedAs: null }
      setReading({ ...nothing, title, choices: wanted.choices })
    }
    await read(wanted.choices, { pause: 0, refused })
    const { reading: now } = store.getState()
    if (now === null || now.answer !== null || now.busy) return null
    close()
    return now.error
  }

  return {
    show,
    isOpenOn: (others: readonly File[]): boolean =>
      store.getState().reading !== null && files === others,
    /** The files of the panel, as they are wanted; null where none waits to be attached. */
    waiting: (): FilesAsRead | null => {
      const { reading } = store.getState()
      if (reading === null || reading.attachedAs !== null) return null
      return { files, choices: reading.choices }
    },
    /** What the panel would attach; null where it does not fit as it stands. */
    fitting: (): FilesAsRead | null => {
      const { reading } = store.getState()
      if (reading === null || readingObstacle(reading) !== null) return null
      return { files, choices: reading.choices }
    },
    /** The attached files once more, as they were understood. */
    openReading: (): void => {
      const { data, setReading } = store.getState()
      if (held.data?.kind !== 'own' || data.state !== 'attached' || data.data.own === null) return
      end()
      const { choices } = held.data
      files = held.data.files
      answeredFor = modelId()
      setReading({
        title: data.data.name,
        choices,
        answer: { reading: data.data.own.reading, misfit: null, choices },
        busy: false,
        progress: null,
        error: null,
        attachedAs: choices,
      })
      void showPictures(data.data.own.reading, choices)
    },
    /** @param value null: as guessed */
    chooseReading: async (id: ControlId, value: readonly string[] | null): Promise<void> => {
      const { reading } = store.getState()
      if (reading === null) return
      await read(withChoice(reading.choices, id, value), { pause: PAUSE_MS, refused: null })
    },
    /** Back to the choices of the answer that is shown; without one there is nothing to look at. */
    stopReading: (): void => {
      const { reading, changeReading } = store.getState()
      end()
      if (reading === null) return
      if (reading.answer === null) close()
      else
        changeReading({
          choices: reading.answer.choices,
          busy: false,
          progress: null,
          error: null,
        })
    },
    closeReading: close,
  }
}

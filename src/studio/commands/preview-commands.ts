import type { ExportTarget } from '../../core/model-summary'
import type { MeasureWork } from '../../protocol/measure-messages'
import type { PreviewEvent, PreviewRequest } from '../../protocol/recipe-messages'
import type { Recipe } from '../../techniques/recipe'
import { formatBytes, formatPercent } from '../../ui-kit/format-number'
import { TimeLeft } from './time-left'
import type { CommandContext } from './command-world'
import { drain } from '../../protocol/drain'
import { endsTheWorker } from '../engine-link/restart-policy'
import { PreviewQueue } from '../engine-link/preview-queue'
import type { StudioState } from '../store/store'
import { refusalOf, zippedAs } from '../store/export-target'
import { zipBytes } from '../store/zip-bytes'
import type { TrainedCommands } from './trained-commands'

/** Keeps the numbers on the page in step with the controls. */
export function createPreviewCommands(context: CommandContext, trained: TrainedCommands) {
  const { store, call } = context
  let original: AbortController | null = null
  let timeLeft = new TimeLeft(context.now)
  /** Figures of the settings were asked for, and have not come. */
  let awaitsFigures = false

  const queue = new PreviewQueue(
    (request, onEvent, signal) =>
      call('preview', async (client, lifetime) => {
        await trained.ensure(call, request.recipe)
        const events = await client.recipe.preview(request, {
          signal: AbortSignal.any([signal, lifetime]),
        })
        await drain(events, onEvent)
      }),
    {
      started: ({ mode }) => {
        beginWork()
        store.getState().setPhase(mode === 'settled' ? 'measuring' : 'dragging')
      },
      event: show,
      finished: (request) => {
        const state = store.getState()
        state.setMeasuring(null)
        if (request.mode === 'dragging') {
          if (isMeasured(state, request.recipe)) state.setPhase('idle')
          return
        }
        awaitsFigures = false
        state.setPhase('idle')
        state.endProblem('measuring')
        state.rememberPoint(request.recipe)
        state.announce(settledSentence(request.recipe))
        finishOriginal()
      },
      failed: (error, request) => {
        store.getState().setMeasuring(null)
        store.getState().setPhase('failed')
        // A dead worker is restarted and the preview made again; there is nothing to do for anyone.
        if (endsTheWorker(error.code) || error.code === 'engine/no-model') return
        if (request.mode === 'settled') store.getState().showProblem(error.toData(), 'measuring')
      },
    },
  )

  function show(event: PreviewEvent, request: PreviewRequest): void {
    const state = store.getState()
    switch (event.type) {
      case 'weights':
        state.showWeights(event, request)
        break
      case 'size':
        state.showSizes(event, request)
        break
      case 'accuracy':
      case 'scores':
      case 'agreement':
        state.showMeasure(event, request)
        break
      case 'work':
        showWork(event)
        break
    }
  }

  function beginWork(): void {
    timeLeft = new TimeLeft(context.now)
    store.getState().setMeasuring(null)
  }

  function showWork({ done, total }: MeasureWork): void {
    const msLeft = timeLeft.after({ done, total })
    store.getState().setMeasuring(done === total ? null : { done, total, msLeft })
  }

  function settledSentence(recipe: Recipe): string {
    const { measure, reportPlace, sizes } = store.getState()
    const size = sizes?.recipe === recipe ? formatBytes(zipBytes(sizes.value, reportPlace)) : ''
    if (measure?.recipe !== recipe) return context.say('spoken.settledSize', { size })
    const { value } = measure
    if (value.type === 'accuracy') {
      return context.say('spoken.settledAccuracy', {
        size,
        accuracy: formatPercent(value.correct / value.measured),
        split: context.say(`splits.${value.split}`),
        count: value.measured,
      })
    }
    if (value.type === 'scores' || value.agreement === null)
      return context.say('spoken.settledSize', { size })
    return context.say('spoken.settledAgreement', {
      size,
      agreement: formatPercent(value.agreement),
    })
  }

  /** Asks for the numbers of the settings as they are now. */
  function request(mode: PreviewRequest['mode']): void {
    const { focus, model, recipe } = store.getState()
    if (model === null) return
    // The settings matter more than finishing the measurement of the original, which the preview
    // measures on the same samples anyway.
    original?.abort()
    awaitsFigures = mode === 'settled'
    queue.request({ recipe, focus, mode, ...wanted() })
  }

  /** What a download is to be, where somebody chose. */
  function wanted(): Pick<PreviewRequest, 'target'> {
    const { exportTarget } = store.getState()
    return exportTarget === null ? {} : { target: exportTarget }
  }

  /** Shows the weights at once, then measures the original, then the settings. */
  function refresh(): void {
    request('dragging')
    const { model } = store.getState()
    if (model === null) return
    const abort = new AbortController()
    original = abort
    void measureOriginal(abort.signal).then(
      () => {
        if (!abort.signal.aborted) request('settled')
      },
      () => {
        if (!abort.signal.aborted) request('settled')
      },
    )
  }

  /** Whoever changes settings at once cuts its measurement short: what is missing comes behind theirs. */
  function finishOriginal(): void {
    const { model, originalMeasure } = store.getState()
    if (model === null) return
    if (originalMeasure !== null && originalMeasure.measured === originalMeasure.total) return
    const abort = new AbortController()
    original = abort
    measureOriginal(abort.signal).catch(() => undefined)
  }

  async function measureOriginal(signal: AbortSignal): Promise<void> {
    beginWork()
    await call('measure', async (client, lifetime) => {
      const events = await client.measure.original(undefined, {
        signal: AbortSignal.any([signal, lifetime]),
      })
      await drain(events, (event) => {
        if (signal.aborted) return
        if (event.type === 'work') showWork(event)
        else store.getState().setOriginalMeasure(event)
      })
    })
  }

  /** Ends everything that measures the open model. */
  function clear(): void {
    original?.abort()
    awaitsFigures = false
    queue.clear()
    store.getState().setMeasuring(null)
  }

  return {
    request,
    refresh,
    clear,
    /** The size of what was chosen comes with the figures of the settings, of which those that are known are not measured anew. */
    chooseTarget: (target: ExportTarget) => {
      store.getState().setExportTarget(target)
      const state = store.getState()
      if (zippedAs(state, target) === null && refusalOf(state, target) === null) request('settled')
    },
    /** Leaves what was measured so far, with its number of samples. */
    stopMeasuring: () => {
      clear()
      store.getState().setPhase('idle')
    },
    /** Narrows charts and controls to layers; none shows the whole model. Measures nothing anew. */
    focusLayers: (layers: readonly string[]) => {
      const { model, recipe, setFocus } = store.getState()
      setFocus(layers)
      if (model === null) return
      // The original goes on being measured, and figures that are on their way still come.
      const mode = awaitsFigures ? 'settled' : 'dragging'
      queue.request({ recipe, focus: layers, mode, ...wanted() })
    },
  }
}

/** Whether all that can be measured of settings is known; of a model that cannot run that is its size. */
function isMeasured({ measure, model, sizes }: StudioState, recipe: Recipe): boolean {
  if (measure?.recipe === recipe) return true
  const runs = (model?.obstacles.run ?? null) === null
  return !runs && sizes?.recipe === recipe && sizes.value.zippedIsExact
}

export type PreviewCommands = ReturnType<typeof createPreviewCommands>

import { act, screen } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { recipeWith } from '../../../../testing/studio/recipe-with'
import { defaultRecipe } from '../../../techniques/recipe'
import { startRecipe } from '../../store/recipe-history'
import { useStudio } from '../../store/store'
import {
  accuracy,
  modelSummary,
  sizeEvent,
  sizeReport,
  weightsEvent,
} from '../../../../testing/studio/test-data'
import { AnswerStrip } from './answer-strip'

const settled = {
  ...{ recipe: recipeWith({ quantize: { bits: 8 } }), focus: [] },
  mode: 'settled',
} as const
const untouched = { ...settled, recipe: defaultRecipe } as const

function show(): HTMLElement {
  renderInProviders(<AnswerStrip />)
  return screen.getByRole('status', { name: 'Result' })
}

beforeEach(() => {
  useStudio.setState(useStudio.getInitialState(), true)
  const state = useStudio.getState()
  state.replaceModel(modelSummary())
  startRecipe(useStudio, settled.recipe)
})

describe('the answer strip', () => {
  it('marks a size as an estimate until a file has it', () => {
    const estimate = { ...weightsEvent(), sizes: sizeReport({ zippedIsExact: false }) }
    useStudio.getState().showWeights(estimate, settled)
    const strip = show()
    expect(strip.textContent).toContain('≈')
    expect(strip.textContent).toMatch(/400\sB/)
  })

  it('says that nothing could be measured once measuring has failed', () => {
    expect(show().textContent).toContain('being measured')
    act(() => {
      useStudio.getState().setPhase('failed')
    })
    expect(screen.getByRole('status', { name: 'Result' }).textContent).toContain(
      'could not be measured',
    )
  })

  it('shows an exact size without the mark, and the ratio of zips', () => {
    useStudio.getState().showSizes(sizeEvent({ zipped: 100 }), settled)
    const strip = show()
    expect(strip.textContent).not.toContain('≈')
    expect(strip.textContent).toMatch(/4\.0{0,2}× smaller/)
  })

  it('says how large the download is where another than this one was chosen', () => {
    const target = { container: 'tfjs', precision: 'float32' } as const
    const size = { zipped: 731, reportBytes: 0, stored: 700 }
    const alternatives = [{ target, size, refusal: null }]
    useStudio.getState().showSizes({ ...sizeEvent({ zipped: 100 }), alternatives }, settled)
    expect(show().textContent).not.toContain('as chosen')
    act(() => {
      useStudio.setState({ exportTarget: target })
    })
    expect(screen.getByRole('status', { name: 'Result' }).textContent).toMatch(
      /100\sB.*the download as chosen: 731\sB/,
    )
    // While settings move the engine says nothing of other downloads: the last size stays, and is called that.
    act(() => {
      const { committed, dragRecipe, showSizes } = useStudio.getState()
      const moved = { ...committed, seed: committed.seed + 1 }
      dragRecipe(moved)
      showSizes(sizeEvent({ zipped: 90 }), { ...settled, recipe: moved })
    })
    expect(screen.getByRole('status', { name: 'Result' }).textContent).toMatch(
      /90\sB.*the download as chosen, before this change: 731\sB/,
    )
  })

  it('says how large the folder for Transformers.js is, and whether it is of these settings', () => {
    const { setVariants, setWantsVariants, replaceModel, showSizes } = useStudio.getState()
    const targets = [{ container: 'onnx', precision: 'exact' } as const]
    replaceModel(modelSummary({ targets }))
    showSizes(sizeEvent({ zipped: 100 }), settled)
    setWantsVariants(true)
    const { recipe } = useStudio.getState()
    const folder = { fileName: 'tiny.zip', bytes: 731, code: '' }
    const rest = { original: null, rows: [], taken: [], isSaved: false, folder }
    setVariants({ state: 'done', recipe: { ...recipe, seed: 7 }, ...rest })
    expect(show().textContent).toContain('as chosen, before this change: 731')
    act(() => {
      setVariants({ state: 'done', recipe, ...rest })
    })
    expect(screen.getByRole('status', { name: 'Result' }).textContent).toMatch(
      /the download as chosen: 731\sB/,
    )
  })

  it.each([
    [991_000, 'same size'],
    [993_000, '2.00\u00A0kB larger'],
    [990_999, '1\u00A0B smaller'],
    [992_000, '1.00\u00A0kB larger'],
  ])('is the same size only to the byte: %d after 991000', (zipped, said) => {
    useStudio.setState({ model: modelSummary({ zippedFloat32Bytes: 991_000 }) })
    useStudio.getState().showSizes(sizeEvent({ zipped, stored: 40 }), settled)
    expect(show().textContent).toContain(said)
  })

  it('is of the zip without report and card where these are saved apart', () => {
    useStudio.getState().showSizes(sizeEvent({ zipped: 130, reportBytes: 30 }), settled)
    useStudio.getState().setReportPlace('apart')
    const strip = show()
    expect(strip.textContent).toMatch(/400\sB→100\sB/)
    expect(strip.textContent).toMatch(/4\.0{0,2}× smaller/)
  })

  it('beside shards of two sizes only the zips are as large', () => {
    useStudio.getState().showSizes(sizeEvent({ zipped: 400 }), settled)
    expect(show().textContent).toMatch(/same size zipped.*shards 40\sB → 10\sB/)
  })

  it('beside a file of ONNX, which holds more than weights, names both', () => {
    const { replaceModel, showSizes } = useStudio.getState()
    replaceModel(modelSummary({ targets: [{ container: 'onnx', precision: 'exact' }] }))
    showSizes(sizeEvent({ zipped: 400 }), settled)
    expect(show().textContent).toMatch(/weights 40\sB → model file 10\sB/)
  })

  it('of a model that was cut is compared with what was opened; what was left has a name', () => {
    const { original, ...rest } = modelSummary({ zippedFloat32Bytes: 595_000 })
    const opened = { ...original, zippedFloat32Bytes: 995_000, float32Bytes: 1_000_000 }
    const removed = { layers: [{ name: 'conv', before: 16, after: 8 }], gone: [] }
    useStudio.setState({ model: { ...rest, original: opened, removed } })
    useStudio.getState().showSizes(sizeEvent({ zipped: 79_700 }), settled)
    const { textContent } = show()
    expect(textContent).toMatch(/995\skB→79\.7\skB/)
    expect(textContent).toContain('12.5× smaller')
    expect(textContent).toMatch(/shards 1\.00\sMB → 10\sB/)
    expect(textContent).toMatch(/filters removed; what is left, as float32 595\skB/)
  })

  it('of a model that was cut is no original without a step, and says that the original is measured', () => {
    const removed = { layers: [], gone: ['block'] }
    useStudio.setState({ model: modelSummary({ removed }) })
    useStudio.getState().showSizes(sizeEvent({ zipped: 100 }), untouched)
    const { textContent } = show()
    expect(textContent).toContain('smaller')
    expect(textContent).not.toContain('as it was')
    expect(textContent).toContain('the model that you opened is being measured')
  })

  it('of files that were quantized already begins with them, and then says their float32', () => {
    const { original } = modelSummary({ zippedFloat32Bytes: 16_000 })
    const own = { zippedBytes: 4_200, storedBytes: 4_096 }
    useStudio.setState({ model: modelSummary({ original: { ...original, own } }) })
    const size = { zipped: 4_600, reportBytes: 380, stored: 4_096 }
    useStudio.getState().showSizes(sizeEvent(size), untouched)
    const strip = show()
    expect(strip.textContent).toMatch(/as it was4\.20\skB→4\.60\skB/)
    expect(strip.textContent).toMatch(/shards 4\.10\skB → 4\.10\skB/)
    expect(strip.textContent).toMatch(/report and model card 380\sB of it/)
    expect(strip.textContent).toMatch(/before: your own files; as float32 16\.0\skB/)
    expect(strip.textContent).not.toContain('×')
  })

  it('of codes that such files cannot hold does not say that they are as they were', () => {
    const { original } = modelSummary({ zippedFloat32Bytes: 16_000 })
    const own = { zippedBytes: 4_000, storedBytes: 4_096 }
    useStudio.setState({ model: modelSummary({ original: { ...original, own } }) })
    useStudio.getState().showSizes(sizeEvent({ zipped: 8_000, stored: 16_384 }), untouched)
    const { textContent } = show()
    expect(textContent).not.toContain('as it was')
    expect(textContent).toMatch(/2\.00× larger4\.00\skB→8\.00\skB/)
  })

  it('says of which split an accuracy is and how many samples were measured', () => {
    useStudio.getState().showMeasure(accuracy(90), settled)
    const strip = show()
    expect(strip.textContent).toContain('validation split, n = 100')
    expect(strip.textContent).toContain('points')
  })

  it('dims numbers that belong to other settings than those on the page', () => {
    const older = { ...settled, recipe: { ...defaultRecipe, seed: 1 } }
    useStudio.getState().showSizes(sizeEvent(), older)
    useStudio.getState().showMeasure(accuracy(90), older)
    expect(show().querySelectorAll('[data-stale]')).toHaveLength(2)
  })

  it('says how long a measurement still takes, and can end it', () => {
    useStudio.getState().setMeasuring({ done: 10, total: 100, msLeft: 45_000 })
    expect(show().textContent).toContain('45\u00A0s left')
    screen.getByRole('button', { name: 'Stop' })
  })

  it('says nothing of the end of a short measurement', () => {
    useStudio.getState().setMeasuring({ done: 10, total: 100, msLeft: null })
    expect(show().textContent).not.toContain('left')
  })

  it('never gives a percentage to an agreement that says nothing', () => {
    useStudio.getState().showMeasure(
      {
        type: 'agreement',
        against: 'original',
        meaning: 'classes',
        cosine: null,
        r2: null,
        data: null,
        measured: 510,
        total: 510,
        agreement: null,
        relativeError: 0.25,
        klDivergence: 0.5,
        classesReached: 1,
        classes: 10,
        informative: false,
      },
      settled,
    )
    const strip = show()
    expect(strip.textContent).toContain('not informative')
    expect(strip.textContent).toContain('not accuracy')
    expect(strip.textContent).not.toContain('%')
    expect(strip.textContent).toContain('reach 1 of 10 classes')
  })

  it('gives no share of no samples', () => {
    const none = { ...accuracy(0), correct: 0, originalCorrect: 0, measured: 0, total: 0 }
    useStudio.setState({ measure: { value: none, recipe: settled.recipe } })
    const strip = show()
    expect(strip.textContent).toContain('not measured: no class of the data stands for an output')
    expect(strip.textContent).not.toContain('%')
  })
})

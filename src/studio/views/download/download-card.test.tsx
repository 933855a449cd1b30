import { act, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Commands } from '../../commands/page-commands'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { defaultRecipe } from '../../../techniques/recipe'
import { startRecipe } from '../../store/recipe-history'
import { recipeWith } from '../../../../testing/studio/recipe-with'
import { useStudio } from '../../store/store'
import {
  accuracy,
  engineInfo,
  modelSummary,
  sizeEvent,
  sizeReport,
} from '../../../../testing/studio/test-data'
import { DownloadCard } from './download-card'

const spies = vi.hoisted(() => ({
  download: vi.fn(() => Promise.resolve()),
  cancelDownload: vi.fn(),
  saveUnmeasured: vi.fn(),
  saveReport: vi.fn(),
  placeReport: vi.fn(),
  chooseTarget: vi.fn(),
}))
vi.mock('../../commands/page-commands', () => ({
  commands: spies satisfies Partial<Commands>,
}))

const settled = { recipe: defaultRecipe, focus: [], mode: 'settled' } as const

beforeEach(() => {
  useStudio.setState(useStudio.getInitialState(), true)
  const state = useStudio.getState()
  state.setEngine({ state: 'ready', info: engineInfo })
  state.replaceModel(modelSummary())
  startRecipe(useStudio, defaultRecipe)
  spies.chooseTarget.mockImplementation(state.setExportTarget)
})

describe('the download card', () => {
  it('shows the exact bytes of the zip on the button, and downloads', async () => {
    useStudio
      .getState()
      .showSizes(
        { type: 'size', sizes: sizeReport({ zipped: 200 }), tensors: [], alternatives: [] },
        settled,
      )
    renderInProviders(<DownloadCard />)
    const button = screen.getByRole('button', { name: /^Download 200\sB$/ })
    await userEvent.click(button)
    expect(spies.download).toHaveBeenCalledOnce()
  })

  it('offers other formats with their sizes', async () => {
    useStudio.getState().showSizes(
      {
        type: 'size',
        sizes: sizeReport(),
        tensors: [],
        alternatives: [
          {
            target: { container: 'tfjs', precision: 'float16' },
            size: { zipped: 321, reportBytes: 30, stored: 20 },
            refusal: null,
          },
        ],
      },
      settled,
    )
    renderInProviders(<DownloadCard />)
    await userEvent.click(screen.getByRole('button', { name: /Stored as/ }))
    // Of float32 alone nobody knows the size yet.
    expect(screen.getAllByText(/shown when it is chosen/)).toHaveLength(1)
    await userEvent.click(screen.getByRole('radio', { name: /^float16, rounded · 321\sB/ }))
    await userEvent.click(screen.getByRole('button', { name: /^Download 321\sB$/ }))
    expect(useStudio.getState().exportTarget?.precision).toBe('float16')
  })

  it('says of a file that decodes itself what it takes in the shards, in memory and in time', async () => {
    const target = { container: 'tfjs', precision: 'packed' } as const
    const model = modelSummary()
    useStudio.getState().replaceModel({ ...model, targets: [...model.targets, target] })
    startRecipe(useStudio, defaultRecipe)
    const size = { zipped: 321, reportBytes: 30, stored: 1000 }
    const decoding = { held: 2500, plain: 8000, ms: 12.34 }
    useStudio.getState().showSizes(
      {
        type: 'size',
        sizes: sizeReport({ stored: 4000 }),
        tensors: [],
        alternatives: [{ target, size, refusal: null, decoding }],
      },
      { ...settled, recipe: useStudio.getState().recipe },
    )
    renderInProviders(<DownloadCard />)
    await userEvent.click(screen.getByRole('button', { name: /Stored as/ }))
    const radio = screen.getByRole('radio', { name: /^decodes itself · 321\sB/ })
    const text = document.getElementById(radio.getAttribute('aria-describedby') ?? '')?.textContent
    expect(text).toMatch(/shards take 1\.00\skB instead of 4\.00\skB/)
    expect(text).toMatch(/take 2\.50\skB of memory instead of 8\.00\skB/)
    expect(text).toMatch(/takes about 12\sms at each prediction/)
  })

  it('shows the bytes of every zip without the report where that is saved apart', async () => {
    const target = { container: 'tfjs', precision: 'float16' } as const
    const size = { zipped: 321, reportBytes: 30, stored: 20 }
    useStudio.getState().showSizes(
      {
        type: 'size',
        sizes: sizeReport({ zipped: 200, reportBytes: 40 }),
        tensors: [],
        alternatives: [{ target, size, refusal: null }],
      },
      settled,
    )
    spies.placeReport.mockImplementation(useStudio.getState().setReportPlace)
    renderInProviders(<DownloadCard />)
    await userEvent.click(screen.getByRole('button', { name: /Stored as.*with its report$/ }))
    expect(screen.getByText(/They take 40\sB of it/)).toBeDefined()
    await userEvent.click(screen.getByRole('radio', { name: 'Saved apart' }))
    expect(spies.placeReport).toHaveBeenCalledExactlyOnceWith('apart')
    expect(screen.getByRole('button', { name: /^Download 160\sB$/ })).toBeDefined()
    expect(screen.getByRole('radio', { name: /^smallest exact · 160\sB/ })).toBeDefined()
    await userEvent.click(screen.getByRole('radio', { name: /^float16, rounded · 291\sB/ }))
    expect(screen.getByRole('button', { name: /^Download 291\sB$/ })).toBeDefined()
    expect(screen.queryByRole('button', { name: /^Save the report/ })).toBeNull()
  })

  it('says how many tensors are no codes, and for what', async () => {
    const kinds = [
      { storedAs: 'uint8', reason: null, bits: 4, tensors: 2 },
      { storedAs: 'float32', reason: 'perChannel', bits: 4, tensors: 1 },
    ] as const
    useStudio.getState().showSizes(sizeEvent({ kinds }), settled)
    renderInProviders(<DownloadCard />)
    await userEvent.click(screen.getByRole('button', { name: /Stored as/ }))
    expect(
      screen.getByText(/per-channel scales, so it has decoded values in 1 of 3 tensors/),
    ).toBeDefined()
    expect(screen.getByText(/shared, separable, recurrent, embeddings/)).toBeDefined()
  })

  it('says how many kernels gave the scales of their channels away, and what was added for it', async () => {
    const scales = { moved: 4, inserted: 3 }
    startRecipe(useStudio, recipeWith({ quantize: { granularity: 'perChannel' } }))
    useStudio.getState().showSizes(sizeEvent({ scales }), settled)
    renderInProviders(<DownloadCard />)
    await userEvent.click(screen.getByRole('button', { name: /Stored as/ }))
    expect(screen.getByText(/each channel: 4\. .* the file has 3 of these more/)).toBeDefined()
  })

  it('says beforehand what cannot hold the settings, and does not write it', async () => {
    const target = { container: 'tfjs', precision: 'float16' } as const
    const params = { tensor: 'dense/kernel', index: 5, value: 70_000 }
    useStudio.getState().showSizes(
      {
        type: 'size',
        sizes: sizeReport({ zipped: 200 }),
        tensors: [],
        alternatives: [{ target, size: null, refusal: { code: 'export/float16-range', params } }],
      },
      settled,
    )
    useStudio.getState().setExportTarget(target)
    renderInProviders(<DownloadCard />)
    const button = screen.getByRole<HTMLButtonElement>('button', { name: /^Download/ })
    expect(button.disabled).toBe(true)
    await userEvent.click(screen.getByRole('button', { name: /Stored as/ }))
    expect(screen.getByRole<HTMLInputElement>('radio', { name: /^float16/ }).disabled).toBe(true)
    expect(screen.getByText(/dense\/kernel/)).toBeDefined()
    await userEvent.click(screen.getByRole('radio', { name: /^smallest exact/ }))
    expect(button.disabled).toBe(false)
  })

  it('can be cancelled while it runs', async () => {
    useStudio.getState().setExporting({
      state: 'running',
      progress: { phase: 'writing', done: 1, total: 4 },
    })
    renderInProviders(<DownloadCard />)
    expect(screen.getByRole('progressbar')).toBeDefined()
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }))
    expect(spies.cancelDownload).toHaveBeenCalledOnce()
  })

  const measuring = (isLong: boolean, leaving = false) => ({
    ...{ state: 'running' as const, leaving },
    progress: {
      ...{ phase: 'measuring' as const, done: 1, total: 4 },
      time: { msLeft: 90_000, isLong },
    },
  })

  it('says how long measuring takes, and saves without it where that is long, by the keyboard too', async () => {
    useStudio.getState().setExporting(measuring(false))
    renderInProviders(<DownloadCard />)
    expect(screen.getByText(/min.* left$/)).toBeDefined()
    expect(screen.queryByRole('button', { name: 'Save now, unmeasured' })).toBeNull()
    act(() => {
      useStudio.getState().setExporting(measuring(true))
    })
    const button = screen.getByRole('button', { name: 'Save now, unmeasured' })
    await userEvent.tab()
    await userEvent.tab()
    expect(document.activeElement).toBe(button)
    await userEvent.keyboard('{Enter}')
    expect(spies.saveUnmeasured).toHaveBeenCalledOnce()
    act(() => {
      useStudio.getState().setExporting(measuring(true, true))
    })
    expect(screen.queryByRole('button', { name: 'Save now, unmeasured' })).toBeNull()
    expect(screen.getByText('Saving without measuring')).toBeDefined()
    expect(document.activeElement?.textContent).toBe('Cancel')
    expect(screen.queryByText(/ left$/)).toBeNull()
  })

  it('says what went wrong and what to do', () => {
    useStudio.getState().setExporting({
      state: 'failed',
      error: { code: 'export/verify-failed', params: { tensor: 'a', reason: 'it differs' } },
    })
    renderInProviders(<DownloadCard />)
    expect(screen.getByRole('alert').textContent).toContain('it differs')
  })

  const report = {
    fileName: 'x.zip',
    zippedBytes: 1234,
    reportPlace: 'inside' as const,
    reportFileName: 'x-report.zip',
    reportZipBytes: 321,
    container: 'tfjs' as const,
    shardBytes: 400,
    tensors: [],
    usageCode: "const model = await tf.loadLayersModel('model.json')",
    usageLanguage: 'js' as const,
    validation: accuracy(97),
    test: accuracy(95, { split: 'test' }),
    runtime: 'stock' as const,
    apart: { classes: 2, samples: 5000 },
    unmeasured: null,
  }

  it('reports the accuracy on both splits, measured on the file', () => {
    useStudio.getState().setExporting({ state: 'done', recipe: defaultRecipe, report, looks: 1 })
    renderInProviders(<DownloadCard />)
    expect(screen.getByText('Accuracy, test split, n = 100')).toBeDefined()
    expect(screen.getByText('Accuracy, validation split, n = 100')).toBeDefined()
    expect(screen.getByText(/^95\.00\s%$/)).toBeDefined()
    expect(screen.getByText(/compressed 95\.00\s% \(/)).toBeDefined()
    expect(screen.getByText(/1,234/)).toBeDefined()
    expect(screen.getByText(/^This was the first measurement of this model/)).toBeDefined()
    expect(screen.getByText(/give 2 of 5,000 validation samples another class/)).toBeDefined()
    // It says so of the data that it was measured on, whatever is attached since.
    act(() => {
      const { changeData, setExporting } = useStudio.getState()
      setExporting({ state: 'done', recipe: defaultRecipe, report, looks: 3 })
      changeData({ state: 'none' })
    })
    expect(screen.getByText(/^With this download, this model was measured 3 times/)).toBeDefined()
    expect(screen.queryByRole('button', { name: /^Save the report/ })).toBeNull()
  })

  it('has the code that opens the file, to be copied', async () => {
    useStudio.getState().setExporting({ state: 'done', recipe: defaultRecipe, report, looks: 1 })
    const user = userEvent.setup()
    renderInProviders(<DownloadCard />)
    const usage = screen.getByRole('group', { name: 'Open it in TensorFlow.js' })
    expect(usage.querySelector('code')?.textContent).toBe(report.usageCode)
    await user.click(within(usage).getByRole('button', { name: 'Copy the code' }))
    expect(await navigator.clipboard.readText()).toBe(report.usageCode)
    expect(within(usage).getByRole('button', { name: 'Copied' })).toBeDefined()
  })

  it.each([
    [
      { unmeasured: 'test', validation: null },
      /^Measured neither on the validation split nor on the test split/,
      /compared one by/,
    ],
    [{ unmeasured: 'test' }, /^Not measured on the test split/, /^Measured on the bytes/],
    [{ unmeasured: 'outputs', validation: null }, /^Not measured: the file was/, /compared one by/],
  ] as const)(
    'says of %j what was not measured, and passes nothing off for it',
    (parts, what, rest) => {
      const left = { ...report, test: null, ...parts }
      useStudio
        .getState()
        .setExporting({ state: 'done', recipe: defaultRecipe, report: left, looks: 0 })
      renderInProviders(<DownloadCard />)
      expect(screen.getByText(what)).toBeDefined()
      expect(screen.getByText(rest)).toBeDefined()
      expect(screen.queryByText(/test split, n =/)).toBeNull()
      expect(screen.queryByText(/first measurement of this model/)).toBeNull()
    },
  )

  it('says why a file of ONNX was not measured by its own runtime', () => {
    const container = 'onnx' as const
    const own = { ...report, container, runtime: 'own' as const, notByOnnx: 'large' as const }
    useStudio
      .getState()
      .setExporting({ state: 'done', recipe: defaultRecipe, report: own, looks: 1 })
    renderInProviders(<DownloadCard />)
    expect(
      screen.getByText(/own operators\. ONNX Runtime did not measure it: .* more than 128 MiB/),
    ).toBeDefined()
  })

  it('saves the report of a download that was made without it, whatever is chosen now', async () => {
    const done = { ...report, reportPlace: 'apart' as const }
    useStudio
      .getState()
      .setExporting({ state: 'done', recipe: defaultRecipe, report: done, looks: 1 })
    renderInProviders(<DownloadCard />)
    expect(useStudio.getState().reportPlace).toBe('inside')
    await userEvent.click(screen.getByRole('button', { name: /^Save the report, 321\sB$/ }))
    expect(spies.saveReport).toHaveBeenCalledOnce()
  })
})

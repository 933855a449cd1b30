import { basename } from 'node:path'
import type { Download, Locator, Page } from '@playwright/test'
import { smallCounts } from '../../testing/files/small-data.ts'
import { expect } from './studio-test.ts'

/** Validation samples of a built-in data set where a test serves all of it. */
export const WHOLE_VALIDATION = 5_000

/** The studio as a person meets it: by the names and roles of its controls. */
export class Studio {
  readonly page: Page
  readonly result: Locator
  private readonly samples: number

  /** @param samples how many validation samples the built-in data has in this test */
  constructor(page: Page, samples: number = smallCounts.validation) {
    this.page = page
    this.samples = samples
    this.result = page.getByRole('status', { name: 'Result' })
  }

  /** On WebAssembly, with a sample that has been measured. */
  static async withSample(page: Page, name: string, samples?: number): Promise<Studio> {
    const studio = new Studio(page, samples)
    await studio.visit('?backend=wasm')
    await studio.openSample(name)
    await studio.settled()
    return studio
  }

  async visit(query = ''): Promise<void> {
    await this.page.goto(`./${query}`)
    await expect(this.page.getByRole('heading', { level: 1 })).toBeVisible()
    await this.started()
  }

  /** Waits until the studio has taken the place of the first screen that stands in the page. */
  async started(): Promise<void> {
    await expect(this.page.locator('#styles-in-page')).toHaveCount(0)
  }

  async openSample(name: string): Promise<void> {
    await this.page.getByRole('button', { name: new RegExp(`^Pictures from .* ${name}`) }).click()
    await expect(this.result).toBeVisible({ timeout: 60_000 })
  }

  /** Waits until the numbers on the page belong to the settings on the page, on all samples. */
  async settled(timeout = 90_000): Promise<void> {
    await expect(this.result).toContainText(`n = ${this.samples.toLocaleString('en-US')}`, {
      timeout,
    })
    await expect(this.result.getByRole('img', { name: 'Measuring' })).toHaveCount(0, { timeout })
    await expect(this.page.getByRole('button', { name: /^Download [\d.]/ })).toBeEnabled({
      timeout,
    })
  }

  slider(name: string): Locator {
    return this.page.getByRole('slider', { name, exact: true })
  }

  async switchOn(name: 'Prune' | 'Quantize'): Promise<void> {
    const control = this.page.getByRole('switch', { name, exact: true })
    // Not by a click: its input has no size, and what is asked for must not hang on what lies there meanwhile.
    if (!(await control.isChecked())) await control.press('Space')
    await expect(control).toBeChecked()
  }

  /** Types the value of a slider; moved there by the keyboard it would be tried at each step. */
  async set(name: string, value: number): Promise<void> {
    const field = this.page.getByRole('textbox', { name: `${name} value`, exact: true })
    await field.fill(String(value))
    await field.press('Enter')
  }

  /** Moves a slider by the keyboard, as a person without a mouse does. */
  async press(name: string, key: string, times: number): Promise<void> {
    const slider = this.slider(name)
    await slider.focus()
    for (let i = 0; i < times; i++) await slider.press(key)
  }

  async download(timeout = 120_000): Promise<{ file: Download; path: string; fileName: string }> {
    const arriving = this.page.waitForEvent('download', { timeout })
    await this.page.getByRole('button', { name: /^Download/ }).click()
    const file = await arriving
    const path = await file.path()
    return { file, path, fileName: basename(file.suggestedFilename()) }
  }

  /** Chooses files through the picker. */
  async pick(paths: readonly string[]): Promise<void> {
    const choosing = this.page.waitForEvent('filechooser')
    await this.page.getByRole('button', { name: 'Choose files' }).click()
    const chooser = await choosing
    await chooser.setFiles([...paths])
  }
}

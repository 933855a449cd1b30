import { mkdirSync, writeFileSync } from 'node:fs'
import type { Page, TestInfo } from '@playwright/test'
import { defaultTrainingSettings } from '../../src/training/training-settings.ts'
import type { TrainingSettings } from '../../src/training/training-settings.ts'
import { barModel, barPictures } from '../../testing/models/bar-model.ts'
import { savedFiles } from '../../testing/models/stock-model.ts'
import * as tf from '@tensorflow/tfjs'
import { Studio } from './studio.ts'
import { expect } from './studio-test.ts'

/** Settings as an earlier visit has left them; before the page loads. */
export async function rememberTraining(
  page: Page,
  changes: Partial<TrainingSettings>,
): Promise<void> {
  const settings = { ...defaultTrainingSettings, ...changes }
  await page.addInitScript((text) => {
    localStorage.setItem('compression-studio.training', text)
  }, JSON.stringify(settings))
}

/** A small network and pictures for it, as files on the disk. */
export async function barFiles(
  info: TestInfo,
  count: number,
  labelled = true,
  build: () => tf.LayersModel | Promise<tf.LayersModel> = barModel,
): Promise<{ model: string[]; data: string }> {
  const data = info.outputPath('bars.npz')
  writeFileSync(data, new Uint8Array(await barPictures(count, 5, labelled).arrayBuffer()))
  return { model: await modelFiles(info, 'bars', build), data }
}

/** A model as files in a folder of its own. */
export async function modelFiles(
  info: TestInfo,
  folder: string,
  build: () => tf.LayersModel | Promise<tf.LayersModel>,
): Promise<string[]> {
  await tf.setBackend('cpu')
  const model = await build()
  const files: string[] = []
  mkdirSync(info.outputPath(folder), { recursive: true })
  for (const part of await savedFiles(tf, model)) {
    const file = info.outputPath(folder, part.path)
    writeFileSync(file, await part.read(0, part.size))
    files.push(file)
  }
  model.dispose()
  return files
}

/** Opens a small network with its pictures. */
export async function openBars(
  page: Page,
  backend: string,
  files: { model: string[]; data: string },
): Promise<Studio> {
  const studio = new Studio(page)
  await studio.visit(`?backend=${backend}`)
  await studio.pick(files.model)
  await expect(studio.result).toBeVisible({ timeout: 60_000 })
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Choose data files' }).click()
  await (await choosing).setFiles(files.data)
  await expect(studio.result).toContainText('validation split', { timeout: 60_000 })
  return studio
}

import { writeFileSync } from 'node:fs'
import type { Page, TestInfo } from '@playwright/test'
import { defaultTrainingSettings } from '../../src/training/training-settings.ts'
import type { TrainingSettings } from '../../src/training/training-settings.ts'
import { barModel, barPictures } from '../../scripts/testing/bar-model.ts'
import { savedFiles } from '../../scripts/testing/stock-model.ts'
import * as tf from '@tensorflow/tfjs'

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
): Promise<{ model: string[]; data: string }> {
  await tf.setBackend('cpu')
  const model: string[] = []
  for (const part of await savedFiles(tf, barModel())) {
    const file = info.outputPath(part.path)
    writeFileSync(file, await part.read(0, part.size))
    model.push(file)
  }
  const data = info.outputPath('bars.npz')
  writeFileSync(data, new Uint8Array(await barPictures(count, 5).arrayBuffer()))
  return { model, data }
}

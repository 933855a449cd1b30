import * as tf from '@tensorflow/tfjs'
import type { Page } from '@playwright/test'
import { caseRows, cells, lines } from '../testing/files/own-data-cases.ts'
import { savedFiles } from '../testing/models/stock-model.ts'
import { accessibilityFaults } from './support/axe.ts'
import { dropOnPage } from './support/drop.ts'
import { writeFiles } from './support/foreign-files.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'
import { writeFolder } from './support/write-files.ts'

/** Says which of the first three of four numbers is the largest. */
async function openThree(page: Page): Promise<Studio> {
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 3, inputShape: [4], activation: 'softmax' })],
  })
  const rows = [0, 1, 2, 3].map((row) => [0, 1, 2].map((column) => (row === column ? 5 : 0)))
  model.setWeights([tf.tensor2d(rows), tf.tensor1d([0, 0, 0])])
  const files = new Map<string, Uint8Array>()
  for (const file of await savedFiles(tf, model))
    files.set(file.path, await file.read(0, file.size))
  const studio = new Studio(page)
  await dropOnPage(page, [writeFolder('three', files)])
  await expect(studio.result).toBeVisible({ timeout: 60_000 })
  return studio
}

/** Goes to a control as one does without a mouse. */
async function tabTo(page: Page, name: RegExp | string, role: 'button' | 'checkbox', within = '') {
  const place = within === '' ? page : page.getByRole('group', { name: within })
  const control = place.getByRole(role, { name, exact: true })
  for (let i = 0; i < 80 && !(await control.evaluate((el) => el === document.activeElement)); i++)
    await page.keyboard.press('Tab')
  await expect(control).toBeFocused()
}

test('a table that was dropped before its model is put right by keyboard, attached and measured right', async ({
  page,
}) => {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  const { classes, rows } = caseRows()
  const text = lines(
    'a,b,c,d,kind,weight',
    cells({ classes, rows }).map((row, i) => [...row, classes[i], 60 + (i % 7)].join(',')),
  )
  await dropOnPage(page, writeFiles(new Map([['mixed.csv', text]])))
  const panel = page.getByRole('region', { name: 'How mixed is read' })
  await expect(panel.getByRole('heading', { name: 'How mixed is read' })).toBeFocused()
  await expect(panel.getByText('but no model is open')).toBeVisible()

  // The model has three outputs, and two columns were taken for quantities.
  await openThree(page)
  await expect(panel.getByRole('alert')).toContainText('the labels are quantities in 2 columns')
  expect(await accessibilityFaults(page)).toEqual([])
  await panel.getByRole('heading', { name: 'How mixed is read' }).focus()
  await tabTo(page, 'weight', 'checkbox', 'Columns left out')
  await page.keyboard.press('Space')
  await tabTo(page, 'weight', 'checkbox', 'Label columns')
  await page.keyboard.press('Space')
  await expect(panel.getByRole('status')).toHaveText(/^The model can be shown this data/)
  await tabTo(page, 'Attach the data', 'button')
  await page.keyboard.press('Enter')
  await expect(studio.result).toContainText('n = 12, mixed', { timeout: 60_000 })
  await expect(studio.result).toContainText('100.00')
  await expect(panel).toHaveCount(0)

  // It can be looked at again, and left as it is.
  await tabTo(page, 'How the data was read', 'button')
  await page.keyboard.press('Enter')
  await expect(panel.getByRole('status')).toHaveText('It is attached as it is read here.')
  await page.keyboard.press('Escape')
  await expect(panel).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'How the data was read' })).toBeFocused()
})

import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

test('biases are corrected with the calibration split, and the card says with how many samples', async ({
  page,
}) => {
  const studio = await Studio.withSample(page, 'LeNet-5')
  await studio.switchOn('Quantize')
  await studio.set('Bits', 2)
  // Coarse enough that means shift.
  await page.getByText('Min–max', { exact: true }).click()
  await studio.settled()
  const before = await studio.result.textContent()
  const control = page.getByRole('switch', { name: 'Correct biases', exact: true })
  await control.press('Space')
  await expect(control).toBeChecked()
  await expect(
    page.getByText(/^E\[x\] from n = [\d,]+ samples of the \w+ split of MNIST/),
  ).toBeVisible()
  await expect(page.getByText('4 of 4', { exact: true })).toBeVisible()
  await expect(page.getByRole('link', { name: /Nagel et al\. 2019/ })).toHaveAttribute(
    'href',
    'https://arxiv.org/abs/1906.04721',
  )
  await studio.settled()
  await expect(studio.result).not.toHaveText(before ?? '')
})

import type { Page } from '@playwright/test'
import { expect } from './studio-test.ts'

/** Changes the scheme under an open page, which follows a moment after its style sheets. */
export async function followScheme(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme })
  await expect(page.locator(`html[data-mantine-color-scheme=${colorScheme}]`)).toBeAttached()
}

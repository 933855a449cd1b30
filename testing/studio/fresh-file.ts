/**
 * Around every file of tests of the page: what it leaves is taken away. One process runs file after file, so that
 * React and Mantine are read once; our own modules, and with them stores, language and mocks, begin anew in each.
 */
import { afterAll, vi } from 'vitest'

vi.resetModules()

// Some of what a tab keeps is tested without a page.
const library = typeof document === 'undefined' ? null : await import('@testing-library/react')
// Ends what hangs: how quick a machine is decides no test.
const patience = { interval: 5, timeout: 60_000 }
library?.configure({ asyncUtilTimeout: patience.timeout })
const { waitFor } = vi
vi.waitFor = (check) => waitFor(check, patience)

afterAll(() => {
  vi.waitFor = waitFor
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.doUnmock('../../src/studio/commands/page-commands')
  vi.doUnmock('../../src/studio/files/samples')
  if (library === null) return
  library.cleanup()
  localStorage.clear()
  sessionStorage.clear()
  document.head.replaceChildren()
  document.body.replaceChildren()
  for (const element of [document.documentElement, document.body])
    for (const name of element.getAttributeNames()) element.removeAttribute(name)
})

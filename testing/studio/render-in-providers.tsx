/** Renders a view for a test with what the page puts around every view; cleans up after each test. */
import '../../src/studio/i18n/error-words'
import '../../src/studio/i18n/studio-words'
import { MantineProvider } from '@mantine/core'
import { cleanup, render } from '@testing-library/react'
import type { RenderResult } from '@testing-library/react'
import type { ReactElement } from 'react'
import { I18nextProvider } from 'react-i18next'
import { afterEach } from 'vitest'
import { i18n } from '../../src/studio/i18n/i18n'

afterEach(cleanup)

export function renderInProviders(view: ReactElement): RenderResult {
  return render(inProviders(view))
}

/** For another render of the same view with other properties. */
export function inProviders(view: ReactElement): ReactElement {
  return (
    <I18nextProvider i18n={i18n}>
      <MantineProvider env="test">{view}</MantineProvider>
    </I18nextProvider>
  )
}

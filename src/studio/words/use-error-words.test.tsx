import { render, screen } from '@testing-library/react'
import { I18nextProvider } from 'react-i18next'
import { expect, it } from 'vitest'
import { i18n } from '../i18n/i18n'
import { useErrorWords } from './use-error-words'

const error = { code: 'engine/no-backend', params: {} } as const

function Told() {
  return <p>{useErrorWords()('title', error)}</p>
}

it('says what happened as soon as the words for it have come', async () => {
  render(
    <I18nextProvider i18n={i18n}>
      <Told />
    </I18nextProvider>,
  )
  expect(screen.getByText(i18n.t('problem.untold.title', { code: error.code }))).toBeDefined()
  expect(i18n.hasResourceBundle('en', 'errors')).toBe(false)
  await screen.findByText(
    (text) =>
      i18n.hasResourceBundle('en', 'errors') && text === i18n.t(`errors:${error.code}.title`, {}),
  )
})

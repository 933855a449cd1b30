import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../testing/studio/render-in-providers'
import { weightsEvent } from '../../../testing/studio/test-data'
import { equalizeMeta } from './equalize.meta'
import type { EqualizeConfig } from './equalize.meta'
import { equalizeFace } from './equalize.ui'

const config = equalizeMeta.defaultConfig
const noteOf = (layer: string, note: string) => ({ technique: 'equalize' as const, layer, note })

it('says which layers take part, and which have nobody to share with', async () => {
  const notes = [noteOf('a', 'equalized'), noteOf('b', 'equalized'), noteOf('c', 'alone')]
  renderInProviders(
    <equalizeFace.Panel
      config={config}
      facts={{
        preview: weightsEvent({ notes }),
        focus: null,
        afterPruning: false,
        roles: new Set(),
      }}
      onDrag={() => undefined}
      onChange={() => undefined}
    />,
  )
  expect(screen.getByText('2 of 3')).toBeDefined()
  await userEvent.click(screen.getByText('Left alone (1)'))
  expect(screen.getByText('nobody to share with')).toBeDefined()
})

it('leaves chosen layers out', async () => {
  const onChange = vi.fn<(changes: EqualizeConfig['overrides'][string]) => void>()
  renderInProviders(<equalizeFace.Exceptions config={config} own={[{}]} onChange={onChange} />)
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Equalize layers' }), 'off')
  expect(onChange).toHaveBeenLastCalledWith({ enabled: false })
})

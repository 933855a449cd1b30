import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { againGuessed } from '../../../data/data-settings'
import { showIn } from '../../i18n/languages'
import { TargetScaleChoice } from './target-scale-choice'

afterEach(() => showIn('en'))

const guess = { scale: 'unit', low: 0.01234, high: 0.987 } as const

describe('the numbers of pictures that should be made', () => {
  it('are a guess that says why, and can be changed', async () => {
    const changed = vi.fn()
    renderInProviders(<TargetScaleChoice scale="unit" guess={guess} onChange={changed} />)
    const select = screen.getByRole('combobox', {
      name: 'Numbers of the pictures that should be made',
    })
    expect(
      screen.getByText('Outputs of the original lie between 0.0123 and 0.987: 0 to 1 is guessed.'),
    ).toBeDefined()
    await userEvent.selectOptions(select, '0 to 255')
    expect(changed).toHaveBeenCalledWith('bytes')
  })

  it('are said in Chinese', async () => {
    await showIn('zh-CN')
    renderInProviders(<TargetScaleChoice scale="signed" guess={guess} onChange={vi.fn()} />)
    expect(screen.getByText('原模型的输出在 0.0123 与 0.987 之间：猜测为 0 到 1。')).toBeDefined()
  })

  it('are guessed anew for other inputs, unless somebody has chosen them', () => {
    const settings = { task: 'regression', preparation: null, classMap: null } as const
    expect(againGuessed({ ...settings, targetScale: 'unit' }, 'unit')).toEqual(settings)
    const chosen = { ...settings, targetScale: 'bytes' } as const
    expect(againGuessed(chosen, 'unit')).toEqual(chosen)
    expect(againGuessed(settings, undefined)).toEqual(settings)
  })
})

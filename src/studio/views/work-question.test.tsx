import { act, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Commands } from '../commands/page-commands'
import { defaultRecipe } from '../../techniques/recipe'
import { defaultTrainingSettings } from '../../training/training-settings'
import { renderInProviders } from '../../../testing/studio/render-in-providers'
import { trainProgress, trainStarted } from '../../../testing/studio/test-data'
import { showIn } from '../i18n/languages'
import { pairs, longWorks, wantedWorks } from '../store/long-works'
import { useStudio } from '../store/store'
import { newRun } from '../store/train-slice'
import { WorkNotes } from './work-notes'
import { WorkQuestion } from './work-question'

const spies = vi.hoisted(() => ({ answerWorkQuestion: vi.fn(), cancelWait: vi.fn() }))
vi.mock('../commands/page-commands', () => ({
  commands: spies satisfies Partial<Commands>,
}))

function training(): void {
  const state = useStudio.getState()
  const run = newRun(defaultRecipe, defaultTrainingSettings)
  state.setTraining({ state: 'running', run, preparing: null, phase: 'going' })
  state.showTraining(trainStarted({ epochs: 7 }))
  state.showTraining(trainProgress({ epoch: 2 }))
  state.setWorkQuestion({ wanted: 'opening', running: ['training'] })
}

beforeEach(() => {
  useStudio.setState(useStudio.getInitialState(), true)
  vi.clearAllMocks()
})

describe('the question whether work ends for other work', () => {
  it('is not there until there is one', () => {
    renderInProviders(<WorkQuestion />)
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  it('names what goes on and what would be lost, and begins with letting it go on', async () => {
    training()
    renderInProviders(<WorkQuestion />)
    const dialog = within(await screen.findByRole('dialog', { name: 'A training run goes on' }))
    expect(dialog.getByText(/Epochs done: 2 of 7\..*learnt is lost.*stays as it was/)).toBeTruthy()
    const keep = dialog.getByRole('button', { name: 'Keep training' })
    await vi.waitFor(() => {
      expect(document.activeElement).toBe(keep)
    })
    await userEvent.keyboard('{Enter}')
    expect(spies.answerWorkQuestion).toHaveBeenLastCalledWith(false)
    await userEvent.click(dialog.getByRole('button', { name: 'End it and open' }))
    expect(spies.answerWorkQuestion).toHaveBeenLastCalledWith(true)
  })

  it('Escape lets it go on, and the focus goes back to where it was', async () => {
    renderInProviders(
      <>
        <button>Choose files</button>
        <WorkQuestion />
      </>,
    )
    const before = screen.getByRole('button', { name: 'Choose files' })
    before.focus()
    act(training)
    await screen.findByRole('dialog')
    await vi.waitFor(() => {
      expect(document.activeElement?.textContent).toBe('Keep training')
    })
    await userEvent.keyboard('{Escape}')
    expect(spies.answerWorkQuestion).toHaveBeenCalledExactlyOnceWith(false)
    act(() => {
      useStudio.getState().setWorkQuestion(null)
    })
    await vi.waitFor(() => {
      expect(document.activeElement).toBe(before)
    })
  })

  it.each(['en', 'zh-CN'] as const)(
    'has words for every pair that is asked about: %s',
    async (language) => {
      await showIn(language)
      const asked = longWorks.flatMap((running) =>
        wantedWorks
          .filter((wanted) => pairs[running][wanted] === 'ask')
          .map((wanted) => ({ running, wanted })),
      )
      const seen = asked.map(({ running, wanted }) => {
        useStudio.getState().setWorkQuestion({ wanted, running: [running] })
        const { unmount } = renderInProviders(<WorkQuestion />)
        const words = screen.getByRole('dialog').textContent
        expect(/[\u4e00-\u9fff]/.test(words)).toBe(language === 'zh-CN')
        unmount()
        return words
      })
      expect(new Set(seen).size).toBe(asked.length)
      await showIn('en')
    },
  )
})

describe('the note', () => {
  it('says what waits for what, and leaves it', async () => {
    useStudio.getState().setWorkWaits([
      { id: 1, wanted: 'opening', on: ['download'] },
      { id: 2, wanted: 'training', on: ['teacher'] },
    ])
    renderInProviders(<WorkNotes />)
    const note = within(screen.getByRole('status'))
    expect(note.getByText(/Waits until the download is written/).textContent).toMatch(
      /^Opening a model/,
    )
    expect(note.getByText(/Waits until the teacher is open/)).toBeTruthy()
    await userEvent.click(note.getByRole('button', { name: 'Do not wait for it: Training' }))
    expect(spies.cancelWait).toHaveBeenCalledExactlyOnceWith(2)
  })

  it('says what was ended', () => {
    useStudio.getState().setEndedWorks({ wanted: 'opening', ended: ['search', 'sweep'] })
    renderInProviders(<WorkNotes />)
    expect(screen.getByText('The search for the preparation was ended for it.')).toBeTruthy()
    expect(screen.getByText('The sweep was ended for it.')).toBeTruthy()
  })
})

import { Button, Group, Modal, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { commands } from '../commands/page-commands'
import type { LongWork, WantedWork } from '../store/long-works'
import { useStudio } from '../store/store'

/** Works that the table of pairs asks about, and what they are asked for. */
const asked = ['caseStudy', 'training', 'download'] as const
type Asked = (typeof asked)[number]
const asking = [
  'opening',
  'attaching',
  'teacher',
  'cut',
  'training',
  'caseStudy',
  'closing',
] as const
type Asking = (typeof asking)[number]

function askedOf(running: readonly LongWork[]): Asked {
  return asked.find((work) => running.includes(work)) ?? 'training'
}

function askingOf(wanted: WantedWork): Asking {
  return asking.find((work) => work === wanted) ?? 'opening'
}

/** Whether what goes on ends for what is wanted. Leaving it in any way lets it go on. */
export function WorkQuestion() {
  const { t } = useTranslation('page')
  const question = useStudio((state) => state.workQuestion)
  const done = useStudio(({ training }) =>
    training.state === 'running'
      ? (training.run.progress?.epoch ?? training.run.facts?.epoch ?? 0)
      : 0,
  )
  const epochs = useStudio(({ training }) =>
    training.state === 'running' ? (training.run.facts?.epochs ?? training.run.settings.epochs) : 0,
  )
  const [last, setLast] = useState(question)
  if (question !== null && question !== last) setLast(question)
  // What it was is still there while it leaves, and the dialog always is: it brings the focus back to where it was.
  const shown = question ?? last
  const keep = (): void => {
    commands.answerWorkQuestion(false)
  }
  const work = askedOf(shown?.running ?? [])
  return (
    <Modal
      opened={question !== null}
      onClose={keep}
      title={t(`works.title.${work}`)}
      withCloseButton={false}
      centered
    >
      <Text size="sm">{t(`works.lost.${work}`, { epoch: done, epochs })}</Text>
      <Group mt="md" gap={8} justify="flex-end">
        <Button
          variant="default"
          onClick={() => {
            commands.answerWorkQuestion(true)
          }}
        >
          {t(`works.end.${askingOf(shown?.wanted ?? 'opening')}`)}
        </Button>
        <Button data-autofocus onClick={keep}>
          {t(`works.keep.${work}`)}
        </Button>
      </Group>
    </Modal>
  )
}

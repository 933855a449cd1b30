import { Alert, Button, FileButton, Group, Loader, Menu, Text } from '@mantine/core'
import { IconChevronDown, IconFileUpload } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MeasureEvent } from '../../../protocol/measure-messages'
import type { TeacherSummary } from '../../../protocol/training-messages'
import { readEngineError } from '../../engine-link/engine-error'
import { fetchSamples } from '../../files/samples'
import type { Sample } from '../../files/samples'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { teacherIn } from '../../store/teacher-slice'
import { ErrorText } from '../../words/problem-alert'
import { TeacherInputs } from './teacher-inputs'
import { useScoreText } from './use-score-text'
import { compactCount } from '../../words/compact-number'
import { labelled } from '../../words/joining'

/** Who teaches: the original model, a built-in one, or one of the person's own. */
export function TeacherSlot({ chosen }: { readonly chosen: string }) {
  const { t } = useTranslation('train')
  const status = useStudio((state) => state.teacher)
  const teacher = teacherIn(status)
  const isOpen = teacher !== null && chosen === teacher.id
  const itself = useItselfName()
  return (
    <div>
      <Text size="xs" fw={500} mb={4}>
        {t('distillation.teacher')}
      </Text>
      <Group gap={8} wrap="nowrap">
        <TeacherMenu label={isOpen ? teacher.name : itself} teacher={teacher} />
      </Group>
      {status.state === 'opening' && (
        <Group gap={8} mt={8} role="status">
          <Loader size="xs" />
          <Text size="xs">{t('distillation.opening', { name: status.name })}</Text>
          <Button size="compact-xs" variant="subtle" onClick={commands.cancelTeacher}>
            {t('run.cancel')}
          </Button>
        </Group>
      )}
      {/* Also while another one is opened: whoever has just changed an input is still at it. */}
      {isOpen && <TeacherFacts teacher={teacher} />}
      {status.state === 'refused' && (
        <Alert color="red" variant="light" p="xs" mt={8}>
          <ErrorText error={status.error} />
        </Alert>
      )}
    </div>
  )
}

/** What the open model is called where it teaches itself: once filters were removed it is not the original. */
function useItselfName(): string {
  const { t } = useTranslation('train')
  const isCut = useStudio(({ model }) => model !== null && model.removed !== null)
  return t(isCut ? 'distillation.left' : 'distillation.original')
}

function TeacherMenu({
  label,
  teacher,
}: {
  readonly label: string
  readonly teacher: TeacherSummary | null
}) {
  const { t } = useTranslation('train')
  const itself = useItselfName()
  const [samples, setSamples] = useState<readonly Sample[]>([])
  const find = (): void => {
    if (samples.length > 0) return
    fetchSamples().then(setSamples, (thrown: unknown) => {
      const error = readEngineError(thrown).toData()
      useStudio.getState().showProblem(error, 'training')
    })
  }
  return (
    <FileButton
      multiple
      accept=".json,.bin,.zip,.keras,.h5,.hdf5,.onnx"
      onChange={(files) => {
        if (files.length > 0) void commands.openTeacher(files)
      }}
    >
      {({ onClick: pick }) => (
        <Menu position="bottom-start" width="target" withinPortal={false} onOpen={find}>
          <Menu.Target>
            <Button
              size="xs"
              variant="default"
              fullWidth
              justify="space-between"
              aria-label={t('distillation.choose', { name: label })}
              rightSection={<IconChevronDown size={14} />}
            >
              {label}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              onClick={() => {
                commands.changeDistillation({ teacher: 'original' })
              }}
            >
              {itself}
            </Menu.Item>
            {teacher !== null && (
              <Menu.Item
                onClick={() => {
                  commands.changeDistillation({ teacher: teacher.id })
                }}
              >
                {teacher.name}
              </Menu.Item>
            )}
            <Menu.Label>{t('distillation.samples')}</Menu.Label>
            {samples.map((sample) => (
              <Menu.Item
                key={sample.id}
                onClick={() => {
                  void commands.openTeacherSample(sample)
                }}
              >
                {sample.name}
              </Menu.Item>
            ))}
            <Menu.Divider />
            <Menu.Item leftSection={<IconFileUpload size={14} />} onClick={pick}>
              {t('distillation.own')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </FileButton>
  )
}

/** How large it is and how well it does what the student is to learn. */
function TeacherFacts({ teacher }: { readonly teacher: TeacherSummary }) {
  const { t } = useTranslation('train')
  const { t: inPage } = useTranslation()
  const score = useScoreText()
  const original = useStudio((state) => state.originalMeasure)
  const { inputs, inputsBy, measure, numbers, parameters, resize } = teacher
  return (
    <>
      <Text size="xs" c="dimmed" mt={4}>
        {t('distillation.parameters', { parameters: compactCount(parameters) })}
        {measure !== null && ` · ${labelled(t('run.validation'), score(measure))}`}
        {resize !== null &&
          ` · ${t('distillation.resized', { height: resize[0], width: resize[1] })}`}
      </Text>
      {numbers !== null && (
        <Text size="xs" c="dimmed">
          {t(`distillation.numbers.${numbers.by}`, {
            scale: inPage(`data.scales.${numbers.scale ?? 'custom'}`),
          })}
        </Text>
      )}
      <TeacherInputs inputs={inputs} inputsBy={inputsBy} />
      {measure !== null && original !== null && isWorse(measure, original) && (
        <Alert color="yellow" variant="light" p="xs" mt={8}>
          <Text size="xs">{t('distillation.worse', { original: score(original) })}</Text>
        </Alert>
      )}
    </>
  )
}

/** Whether the teacher gives fewer right answers on the same samples than its student does already. */
function isWorse(teacher: MeasureEvent, student: MeasureEvent): boolean {
  return (
    teacher.type === 'accuracy' &&
    student.type === 'accuracy' &&
    teacher.split === student.split &&
    teacher.correct / Math.max(1, teacher.measured) <
      student.correct / Math.max(1, student.measured)
  )
}

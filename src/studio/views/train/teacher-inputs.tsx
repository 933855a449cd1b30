import { Alert, Button, Group, NativeSelect, Text } from '@mantine/core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { TeacherSummary } from '../../../protocol/training-messages'
import { commands } from '../../commands/page-commands'
import classes from './teacher-inputs.module.css'

/** Which input of the student each of the teacher's is given, where somebody may have to say it. */
export function TeacherInputs({ inputs, inputsBy }: Pick<TeacherSummary, 'inputs' | 'inputsBy'>) {
  const { t } = useTranslation('train')
  const { t: page } = useTranslation('page')
  const title = useId()
  if (inputsBy === 'found') return null
  const names = inputs.map(({ student }) => student)
  // What another input has is exchanged for its own.
  const choose = (at: number, chosen: string): void => {
    const own = names[at] ?? ''
    const next = names.map((name, place) => {
      if (place === at) return chosen
      return name === chosen ? own : name
    })
    void commands.giveTeacher(next)
  }
  const isGuessed = inputsBy === 'guessed'
  return (
    <Alert color={isGuessed ? 'yellow' : 'gray'} variant="light" p="xs" mt={8}>
      <div role="group" aria-labelledby={title}>
        <Text size="xs" id={title}>
          {t(isGuessed ? 'distillation.inputsGuessed' : 'distillation.inputsChosen')}
        </Text>
        <div className={classes['inputs']}>
          {inputs.map(({ student, teacher }, at) => (
            <NativeSelect
              key={teacher}
              size="xs"
              label={teacher}
              aria-label={t('distillation.inputOf', { input: teacher })}
              value={student}
              data={names.toSorted()}
              onChange={(event) => {
                choose(at, event.currentTarget.value)
              }}
            />
          ))}
        </div>
        {!isGuessed && (
          <Group justify="flex-end">
            <Button
              size="compact-xs"
              variant="subtle"
              onClick={() => {
                void commands.giveTeacher(null)
              }}
            >
              {page('reading.panel.guess')}
            </Button>
          </Group>
        )}
      </div>
    </Alert>
  )
}

import { Button, CloseButton, Text } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import '../i18n/lesson-words'
import '../i18n/train-words'
import { commands } from '../commands/page-commands'
import type { Lesson } from '../store/lesson-slice'
import { lessonStepAfter, lessonStepBefore, lessonSteps, shownIn } from '../store/lesson-steps'
import type { LessonStep } from '../store/lesson-steps'
import { recipeKey } from '../store/recipe-slice'
import { useStudio } from '../store/store'
import { LessonStepBody } from './lesson-step-body'
import classes from './lesson.module.css'

/** The walk through the tutorial, beside the controls that it moves: nothing is covered, nothing waits for it. */
export function LessonPanel({ lesson }: { readonly lesson: Lesson }) {
  const { t } = useTranslation('lesson')
  const { before, rows, step } = lesson
  const [ending, setEnding] = useState(false)
  const isChanged = useStudio((state) => recipeKey(state.recipe) !== recipeKey(before.recipe))
  const isCut = useStudio((state) => state.cutFrom !== null && lesson.cuts === 0)
  const heading = useRef<HTMLHeadingElement>(null)
  // After a reload in the midst of it the person may be somewhere else on the page.
  const shown = useRef<LessonStep | null>(step === 'layer' ? null : step)
  useEffect(() => {
    void commands.followLesson()
  }, [])
  useEffect(() => {
    if (shown.current !== step) heading.current?.focus()
    shown.current = step
  }, [step])
  const next = lessonStepAfter(step)
  const previous = lessonStepBefore(step)
  const wanted = shownIn[step].at(-1)
  const isDone =
    step === 'caseStudy'
      ? rows.some(({ id }) => id.startsWith('case '))
      : wanted === undefined || rows.some(({ id }) => id === wanted)
  const end = (): void => {
    if (isChanged || isCut) setEnding(true)
    else void commands.endLesson('keep')
  }
  return (
    <section aria-label={t('title')} className={classes['lesson']}>
      <div className={classes['head']}>
        <div>
          <Text size="xs" c="dimmed">
            {t('position', { step: lessonSteps.indexOf(step) + 1, steps: lessonSteps.length })}
          </Text>
          <Text component="h2" ref={heading} tabIndex={-1} fw={600} m={0}>
            {t(`steps.${step}.title`)}
          </Text>
        </div>
        <CloseButton size="sm" aria-label={t('close')} title={t('close')} onClick={end} />
      </div>
      <LessonStepBody lesson={lesson} />
      {ending ? (
        <End
          onStay={() => {
            setEnding(false)
            heading.current?.focus()
          }}
        />
      ) : (
        <div className={classes['foot']}>
          {previous !== null && (
            <Button
              size="xs"
              variant="default"
              onClick={() => {
                void commands.goToLessonStep(previous)
              }}
            >
              {t('back')}
            </Button>
          )}
          {next === null ? (
            <Button size="xs" onClick={end}>
              {t('close')}
            </Button>
          ) : (
            <Button
              size="xs"
              variant={isDone ? 'filled' : 'default'}
              onClick={() => {
                void commands.goToLessonStep(next)
              }}
            >
              {t(isDone ? 'next' : 'skip')}
            </Button>
          )}
        </div>
      )}
    </section>
  )
}

/** The settings are the person's own: what becomes of them is asked. */
function End({ onStay }: { readonly onStay: () => void }) {
  const { t } = useTranslation('lesson')
  const first = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    first.current?.focus()
  }, [])
  return (
    <div role="group" aria-label={t('end.title')} className={classes['foot']}>
      <Button
        ref={first}
        size="xs"
        onClick={() => {
          void commands.endLesson('back')
        }}
      >
        {t('end.back')}
      </Button>
      <Button
        size="xs"
        variant="default"
        onClick={() => {
          void commands.endLesson('keep')
        }}
      >
        {t('end.keep')}
      </Button>
      <Button size="xs" variant="subtle" onClick={onStay}>
        {t('end.on')}
      </Button>
    </div>
  )
}

import { Button, FileButton, Text } from '@mantine/core'
import { IconPhoto } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StudioErrorData } from '../../../core/errors'
import { readEngineError } from '../../engine-link/engine-error'
import { useNewestAnswer } from '../../../ui-kit/use-newest-answer'
import { commands } from '../../commands/page-commands'
import { dataKey } from '../../store/data-in'
import { useStudio } from '../../store/store'
import { ErrorText } from '../../words/problem-alert'
import { SampleCanvas } from '../data/sample-canvas'
import { BothAnswers } from './both-answers'
import classes from './compare.module.css'

/** A picture of one's own, answered by both models while a slider moves. */
export function AskedPicture() {
  const { t } = useTranslation('compare')
  const asked = useStudio((state) => state.asked)
  const { answers, error } = useAnswers(asked?.id ?? null)
  return (
    <section aria-label={t('asked.title')} className={classes['section']}>
      <Text component="h3" className={classes['heading'] ?? ''}>
        {t('asked.title')}
      </Text>
      <Text size="sm" c="dimmed">
        {t('asked.hint')}
      </Text>
      <div>
        <FileButton
          accept="image/*"
          onChange={(file) => {
            if (file !== null) commands.askAbout(file)
          }}
        >
          {(props) => (
            <Button
              {...props}
              size="xs"
              variant="default"
              leftSection={<IconPhoto size={14} aria-hidden />}
            >
              {t(asked === null ? 'asked.choose' : 'asked.chooseOther')}
            </Button>
          )}
        </FileButton>
      </div>
      {error !== null && <ErrorText error={error} />}
      {answers !== null && error === null && asked !== null && (
        <div className={classes['pad']}>
          <figure className={classes['askedFigure']}>
            <SampleCanvas picture={answers.picture} label={t('asked.picture')} />
            <figcaption className={classes['askedName']}>{asked.name}</figcaption>
          </figure>
          <BothAnswers answers={answers} most={MOST_OUTPUTS} />
        </div>
      )}
    </section>
  )
}

/** Of a thousand classes, those that either model holds for likely. */
const MOST_OUTPUTS = 10

/** Asked anew with every picture and setting, of the data as well. */
function useAnswers(id: number | null) {
  const recipe = useStudio((state) => state.recipe)
  const model = useStudio((state) => state.model)
  const key = useStudio((state) => dataKey(state.data))
  const [error, setError] = useState<StudioErrorData | null>(null)
  const ask = useMemo(
    () =>
      id === null || model === null
        ? null
        : async () => {
            try {
              const answers = await commands.asked(recipe, new AbortController().signal)
              setError(null)
              return answers
            } catch (thrown) {
              const { code, params } = readEngineError(thrown).toData()
              if (code !== 'engine/cancelled') setError({ code, params })
              throw thrown
            }
          },
    // Other data may be prepared otherwise.
    // oxlint-disable-next-line react/exhaustive-deps
    [id, recipe, model, key],
  )
  return { answers: useNewestAnswer(ask), error }
}

import { Button, Text } from '@mantine/core'
import { IconArrowBackUp, IconCut } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { ValueSlider } from '../../ui-kit/value-slider'
import { commands } from '../commands/page-commands'
import type { Lesson } from '../store/lesson-slice'
import { useStudio } from '../store/store'
import { CutWork } from '../views/steps/cut-work'
import { compactNumber } from '../words/compact-number'
import { listed, sentences } from '../words/joining'
import { ErrorText } from '../words/problem-alert'
import { useErrorWords } from '../words/use-error-words'

/** Filters and neurons as the card removes them; the smaller model is opened, and measured. */
export function LessonCut({ lesson }: { readonly lesson: Lesson }) {
  const { t } = useTranslation('lesson')
  const { t: tTrain } = useTranslation('train')
  const say = useErrorWords()
  const obstacle = useStudio((state) => state.model?.obstacles.cut ?? null)
  const isCut = useStudio((state) => state.cutFrom !== null && lesson.cuts === 0)
  const share = useStudio((state) => state.cutTarget.share)
  const cut = useStudio((state) => state.cut)
  const busy = useStudio((state) => state.training.state === 'running')
  if (obstacle !== null && !isCut)
    return <Text size="sm">{sentences(tTrain('cut.notHere'), say('message', obstacle))}</Text>
  const change = (value: number): void => {
    void commands.changeCut({ share: value / 100 })
  }
  const plan = cut.state === 'planned' && !isCut ? cut.plan : null
  return (
    <>
      {!isCut && (
        <ValueSlider
          name={tTrain('cut.share')}
          fieldName={tTrain('cut.shareValue')}
          value={100 * share}
          min={0}
          max={95}
          step={1}
          unit="%"
          format={(value) => String(Math.round(value))}
          onDrag={change}
          onSettle={change}
        />
      )}
      {plan !== null && (
        <Text size="xs" role="status">
          {t('cut.plan', {
            before: compactNumber(plan.whole.parameters),
            after: compactNumber(plan.parameters),
            layers: listed(
              plan.layers.map(({ name, before, after }) => `${name} ${before} → ${after}`),
            ),
          })}
        </Text>
      )}
      {cut.state === 'failed' && <ErrorText error={cut.error} />}
      <CutWork />
      <div>
        {/* One button, so that whoever pressed it still has it. */}
        <Button
          size="xs"
          variant={isCut ? 'default' : 'filled'}
          loading={cut.state === 'cutting'}
          disabled={busy || (plan !== null && plan.layers.length + plan.gone.length === 0)}
          leftSection={isCut ? <IconArrowBackUp size={14} /> : <IconCut size={14} />}
          onClick={() => {
            void (isCut ? commands.useTrial('original') : commands.cutInLesson())
          }}
        >
          {isCut ? t('cut.whole') : tTrain('cut.go')}
        </Button>
      </div>
    </>
  )
}

import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { DrawnAnswers } from '../../../protocol/compare-messages'
import { formatPercent } from '../../../ui-kit/format-number'
import '../../i18n/compare-words'
import { useOutputName } from '../../words/use-output-name'
import classes from './compare.module.css'
import { bracketed } from '../../words/joining'

interface BothAnswersProps {
  readonly answers: DrawnAnswers
  /** So many outputs are drawn: those that either model holds for likeliest. All by default. */
  readonly most?: number
}

/** What both models say, in words and as bars. */
export function BothAnswers({ answers, most = Infinity }: BothAnswersProps) {
  const { t } = useTranslation('compare')
  const nameOf = useOutputName()
  const { compressed, original } = answers
  const best = (shares: readonly number[]): string => {
    const output = shares.indexOf(Math.max(...shares))
    return bracketed(nameOf(output), formatPercent(shares[output] ?? 0, 0))
  }
  return (
    <div>
      <Text size="sm" mb={6} role="status">
        {t('pad.says', { original: best(original), compressed: best(compressed) })}
      </Text>
      <div className={classes['bars']} aria-hidden>
        {likeliest(answers, most).map((output) => (
          <Bars
            key={output}
            name={nameOf(output)}
            before={original[output] ?? 0}
            after={compressed[output] ?? 0}
          />
        ))}
      </div>
    </div>
  )
}

/** In the order of the outputs. */
function likeliest({ compressed, original }: DrawnAnswers, most: number): readonly number[] {
  const outputs = original.map((_, output) => output)
  if (outputs.length <= most) return outputs
  const share = (output: number): number => Math.max(original[output] ?? 0, compressed[output] ?? 0)
  return outputs
    .toSorted((one, other) => share(other) - share(one))
    .slice(0, most)
    .toSorted((one, other) => one - other)
}

function Bars({
  name,
  before,
  after,
}: {
  readonly name: string
  readonly before: number
  readonly after: number
}) {
  return (
    <>
      <span>{name}</span>
      <span className={classes['pair']}>
        <span className={classes['bar']} style={{ width: `${100 * before}%` }} />
        <span className={classes['bar']} data-compressed style={{ width: `${100 * after}%` }} />
      </span>
    </>
  )
}

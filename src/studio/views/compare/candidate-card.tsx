import { ActionIcon, Badge, Button, Text, TextInput } from '@mantine/core'
import { IconDownload, IconPinnedOff } from '@tabler/icons-react'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { TargetOffer } from '../../../protocol/recipe-messages'
import { formatBytes, formatSignificant } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { freshnessOf } from '../../store/candidates-slice'
import type { Candidate, CandidateResult } from '../../store/candidates-slice'
import { effectKey } from '../../store/recipe-slice'
import { useStudio } from '../../store/store'
import { zipBytes } from '../../store/zip-bytes'
import { compactNumber } from '../../words/compact-number'
import { useErrorWords } from '../../words/use-error-words'
import { useRecipeText } from '../../words/use-recipe-text'
import { Against, ChangedClasses, ChangedSamples, Measured } from './candidate-figures'
import { CandidateState } from './candidate-state'
import classes from './candidates.module.css'

/** One of the settings: a row of the table, which looks like a card. */
export function CandidateCard({ candidate }: { readonly candidate: Candidate }) {
  const { t } = useTranslation('compare')
  const describe = useRecipeText(useStudio((state) => state.model?.layers))
  const { key, letter, name, recipe } = candidate
  const freshness = useStudio((state) => freshnessOf(candidate, state))
  const work = useStudio((state) => state.candidateWork[key] ?? null)
  const inUse = useStudio((state) => effectKey(state.committed) === key)
  const result = freshness === 'current' ? candidate.result : null
  const called = name === '' ? letter : `${letter} ${name}`
  return (
    <div role="row" className={classes['card']} data-current={inUse || undefined}>
      <div role="rowheader" className={classes['cell']}>
        <div className={classes['head']}>
          <span className={classes['letter']}>{letter}</span>
          <Name key={name} candidate={candidate} />
        </div>
        <Text size="xs" className={classes['settings'] ?? ''}>
          {describe(recipe)}
        </Text>
        {inUse && (
          <Badge size="sm" variant="light" radius="sm" tt="none">
            {t('candidates.inUse')}
          </Badge>
        )}
      </div>
      <div role="cell" className={classes['cell']}>
        <CandidateState candidate={candidate} freshness={freshness} work={work} />
      </div>
      <Cell column="size">
        {result !== null && <Files candidate={candidate} result={result} />}
      </Cell>
      <Cell column="measure" isAccuracy={result?.measure?.type === 'accuracy'}>
        {result !== null && <Measured result={result} />}
      </Cell>
      <Cell column="against">{result !== null && <Against result={result} />}</Cell>
      <Cell column="flips">
        {result !== null && <ChangedSamples candidate={candidate} result={result} />}
      </Cell>
      <Cell column="classes">{result !== null && <ChangedClasses result={result} />}</Cell>
      <Cell column="macs">
        <Macs />
      </Cell>
      <Cell column="time">
        <Time />
      </Cell>
      <div role="cell" className={`${classes['cell'] ?? ''} ${classes['buttons'] ?? ''}`}>
        <Button
          size="compact-sm"
          variant="light"
          disabled={inUse}
          aria-label={t('candidates.useNamed', { name: called })}
          onClick={() => {
            commands.useAnyRecipe(recipe)
          }}
        >
          {t('candidates.use')}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          fw={400}
          leftSection={<IconPinnedOff size={14} aria-hidden />}
          aria-label={t('candidates.unpinNamed', { name: called })}
          onClick={() => void commands.unpinCandidate(key)}
        >
          {t('candidates.unpin')}
        </Button>
      </div>
    </div>
  )
}

type Column = 'size' | 'measure' | 'against' | 'macs' | 'time' | 'classes' | 'flips'

/** Its name is seen beside it; those who hear the table hear the head of the column. */
function Cell({
  children,
  column,
  isAccuracy = false,
}: {
  readonly column: Column
  /** What was measured is the share of right answers. */
  readonly isAccuracy?: boolean
  readonly children: ReactNode
}) {
  const { t } = useTranslation('compare')
  return (
    <div role="cell" className={classes['cell']}>
      <span aria-hidden className={classes['label']}>
        {t(isAccuracy ? 'candidates.accuracy' : `candidates.columns.${column}`)}
      </span>
      {children === false ? <span className={classes['none']}>–</span> : children}
    </div>
  )
}

function Name({ candidate: { key, letter, name } }: { readonly candidate: Candidate }) {
  const { t } = useTranslation('compare')
  const [text, setText] = useState(name)
  return (
    <TextInput
      size="xs"
      variant="unstyled"
      aria-label={t('candidates.name', { letter })}
      placeholder={t('candidates.placeholder')}
      value={text}
      maxLength={60}
      className={classes['name'] ?? ''}
      onChange={(event) => {
        setText(event.currentTarget.value)
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur()
        if (event.key === 'Escape') setText(name)
      }}
      onBlur={() => {
        if (text !== name) void commands.nameCandidate(key, text)
      }}
    />
  )
}

/** All that it can be downloaded as, with the bytes of that very file. */
function Files({
  candidate,
  result,
}: {
  readonly candidate: Candidate
  readonly result: CandidateResult
}) {
  return (
    <ul className={classes['files']}>
      {result.offers.map((offer) => (
        <OfferedFile key={offer.target.precision} candidate={candidate} offer={offer} />
      ))}
    </ul>
  )
}

function OfferedFile({
  candidate: { key, letter },
  offer: { refusal, size, target },
}: {
  readonly candidate: Candidate
  readonly offer: TargetOffer
}) {
  const { t } = useTranslation('compare')
  const { t: page } = useTranslation('page')
  const say = useErrorWords()
  const place = useStudio((state) => state.reportPlace)
  const busy = useStudio(
    ({ engine, exporting }) =>
      engine.state !== 'ready' || exporting.state === 'running' || exporting.state === 'cancelling',
  )
  const format = page(`download.precisions.${target.precision}.label`)
  return (
    <li data-main={target.precision === 'exact' || undefined}>
      <span>
        {t(`candidates.formats.${target.precision}`)}
        {refusal !== null && <span className={classes['why']}>{say('message', refusal)}</span>}
      </span>
      <b>{size === null ? refusal === null && '?' : formatBytes(zipBytes(size, place))}</b>
      {size === null && refusal === null && (
        <span className={classes['why']}>{t('candidates.sizeLater')}</span>
      )}
      {refusal === null && (
        <ActionIcon
          size="sm"
          variant="subtle"
          disabled={busy}
          aria-label={t('candidates.download', { letter, format })}
          title={t('candidates.download', { letter, format })}
          onClick={() => void commands.downloadCandidate(key, target)}
        >
          <IconDownload size={15} />
        </ActionIcon>
      )}
    </li>
  )
}

/** As TensorFlow.js computes it: zeros are multiplied, too. */
function Macs() {
  const macs = useStudio((state) => state.model?.totals.macs ?? null)
  return <span>{macs === null ? '–' : compactNumber(macs)}</span>
}

function Time() {
  const { t } = useTranslation('compare')
  const latencies = useStudio((state) => state.latencies)
  const [one] = latencies.toSorted((a, b) => a.batch - b.batch)
  if (one === undefined) return <span className={classes['none']}>{t('candidates.notTimed')}</span>
  const time = `${formatSignificant(one.median / one.batch, 3)}\u00A0ms`
  return <span>{t('candidates.time', { time, backend: one.backend })}</span>
}

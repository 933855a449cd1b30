import { Loader, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconCpu } from '@tabler/icons-react'
import type { ComponentProps } from 'react'
import { useTranslation } from 'react-i18next'
import { useStudio } from '../../store/store'
import { clauses } from '../../words/joining'
import classes from './engine-status.module.css'

/** Which backend runs, on what, on how many cores. */
export function EngineButton(props: ComponentProps<'button'>) {
  const { t } = useTranslation('page')
  const engine = useStudio((state) => state.engine)
  const info = engine.state === 'ready' ? engine.info : null
  const summary =
    info === null
      ? t(`engine.states.${engine.state === 'ready' ? 'starting' : engine.state}`)
      : t(`engine.backends.${info.backend}`)
  const details =
    info === null
      ? null
      : info.cores.used > 1
        ? clauses(info.adapter, t('engine.someCores', { count: info.cores.used }))
        : info.adapter
  return (
    <UnstyledButton
      {...props}
      className={classes['engine'] ?? ''}
      aria-label={t('engine.label', {
        summary: details === null ? summary : clauses(summary, details),
      })}
    >
      {engine.state === 'starting' || engine.state === 'restarting' ? (
        <Loader size={14} color="gray" />
      ) : (
        <IconCpu size={16} aria-hidden />
      )}
      <span className={classes['engineText']}>
        <span>{summary}</span>
        {details !== null && <span className={classes['engineDetail']}>{details}</span>}
      </span>
      <IconChevronDown size={14} aria-hidden />
    </UnstyledButton>
  )
}

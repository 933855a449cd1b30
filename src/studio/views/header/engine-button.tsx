import { Loader, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconCpu } from '@tabler/icons-react'
import type { ComponentProps } from 'react'
import { useTranslation } from 'react-i18next'
import type { EngineInfo } from '../../../protocol/engine-messages'
import { useStudio } from '../../store/store'
import { clauses } from '../../words/joining'
import classes from './engine-status.module.css'

/** Which backend runs, on what, with how many threads. */
export function EngineButton(props: ComponentProps<'button'>) {
  const { t } = useTranslation('page')
  const engine = useStudio((state) => state.engine)
  const info = engine.state === 'ready' ? engine.info : null
  const summary =
    info === null
      ? t(`engine.states.${engine.state === 'ready' ? 'starting' : engine.state}`)
      : t(`engine.backends.${info.backend}`)
  return (
    <UnstyledButton
      {...props}
      className={classes['engine'] ?? ''}
      aria-label={t('engine.label', {
        summary: info === null ? summary : clauses(summary, details(info)),
      })}
    >
      {engine.state === 'starting' || engine.state === 'restarting' ? (
        <Loader size={14} color="gray" />
      ) : (
        <IconCpu size={16} aria-hidden />
      )}
      <span className={classes['engineText']}>
        <span>{summary}</span>
        {info !== null && <span className={classes['engineDetail']}>{details(info)}</span>}
      </span>
      <IconChevronDown size={14} aria-hidden />
    </UnstyledButton>
  )
}

function details(info: EngineInfo): string {
  return info.cores.used > 1 ? `${info.adapter} · ${info.cores.used}` : info.adapter
}

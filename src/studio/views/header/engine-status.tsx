import { Badge, Loader, Menu, Text, UnstyledButton } from '@mantine/core'
import { IconCheck, IconChevronDown, IconCpu } from '@tabler/icons-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { backendNames } from '../../../core/backend-name'
import type { EngineInfo, SkippedBackend } from '../../../protocol/engine-messages'
import { formatSignificant } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import classes from './engine-status.module.css'
import { useErrorWords } from '../../words/use-error-words'
import { clauses } from '../../words/joining'

/** Which backend runs, on what, with how many threads; a menu to force another. */
export const EngineStatus = memo(function EngineStatus() {
  const { t } = useTranslation('page')
  const engine = useStudio((state) => state.engine)
  const forced = useStudio((state) => state.forcedBackend)
  const info = engine.state === 'ready' ? engine.info : null
  const summary =
    info === null
      ? t(`engine.states.${engine.state === 'ready' ? 'starting' : engine.state}`)
      : t(`engine.backends.${info.backend}`)

  return (
    <Menu width={340} position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <UnstyledButton
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
      </Menu.Target>
      <Menu.Dropdown>
        {info !== null && <EngineFacts info={info} />}
        <Menu.Label>{t('engine.choose')}</Menu.Label>
        <Menu.Item
          leftSection={<Mark on={forced === null} />}
          onClick={() => {
            commands.startEngine(null)
          }}
        >
          {t('engine.automatic')}
        </Menu.Item>
        {backendNames.map((backend) => {
          const skipped = info?.skipped.find((entry) => entry.backend === backend)
          return (
            <Menu.Item
              key={backend}
              leftSection={<Mark on={forced === backend} />}
              onClick={() => {
                commands.startEngine(backend)
              }}
            >
              {t(`engine.backends.${backend}`)}
              {info?.backend === backend && (
                <Badge ml={8} size="xs" variant="light" component="span">
                  {t('engine.inUse')}
                </Badge>
              )}
              {skipped !== undefined && <Reason skipped={skipped} />}
            </Menu.Item>
          )
        })}
      </Menu.Dropdown>
    </Menu>
  )
})

function details(info: EngineInfo): string {
  return info.backend === 'wasm' && info.threads > 1
    ? `${info.adapter} · ${info.threads}`
    : info.adapter
}

function EngineFacts({ info }: { readonly info: EngineInfo }) {
  const { t } = useTranslation('page')
  return (
    <div className={classes['engineFacts']}>
      <Text size="sm">
        {t('engine.facts', {
          backend: t(`engine.backends.${info.backend}`),
          adapter: info.adapter,
          speed: formatSignificant(info.gigaflops, 2),
        })}
      </Text>
      {info.backend === 'wasm' && (
        <Text size="xs" c="dimmed">
          {info.crossOriginIsolated
            ? t('engine.threads', { count: info.threads })
            : t('engine.noThreads')}
        </Text>
      )}
      {info.software && info.backend.startsWith('web') && (
        <Text size="xs" c="dimmed">
          {t('engine.software')}
        </Text>
      )}
    </div>
  )
}

function Mark({ on }: { readonly on: boolean }) {
  const { t } = useTranslation('page')
  return on ? (
    <IconCheck size={14} aria-label={t('engine.chosen')} />
  ) : (
    <span className={classes['noMark']} />
  )
}

function Reason({ skipped }: { readonly skipped: SkippedBackend }) {
  const { t } = useTranslation('page')
  const say = useErrorWords()
  const { reason } = skipped
  return (
    <Text size="xs" c="dimmed">
      {reason.code === 'software-adapter'
        ? t('engine.softwareSkipped', { adapter: reason.adapter })
        : say('message', reason)}
    </Text>
  )
}

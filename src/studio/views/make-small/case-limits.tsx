import { Button, NumberInput, Select, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { CaseLimits } from '../../../case-study/case-plan'
import { networks } from '../../../case-study/networks'
import { commands } from '../../commands/page-commands'
import { limitsOf } from '../../store/case-slice'
import { useStudio } from '../../store/store'
import { phrases } from '../../words/joining'
import classes from './case-limits.module.css'

const shares = ['bytes', 'macs', 'memory', 'latency'] as const

/** What a purpose must keep to, in one sentence; nothing where there is no limit. */
export function LimitsText() {
  const { t } = useTranslation('train')
  const { accuracyDrop, load, ...most } = useStudio((state) => limitsOf(state.caseSettings))
  const named = (name: string, value: string): string => t('case.limits.most', { name, value })
  const parts = shares.flatMap((id) =>
    most[id] === null ? [] : named(t(`case.checks.${id}`), `${shown(100 * most[id])}\u00A0%`),
  )
  if (accuracyDrop !== null)
    parts.push(named(t('case.limits.accuracyDrop'), String(shown(100 * accuracyDrop))))
  if (load !== null) {
    const facts = { seconds: shown(load.seconds), network: t(`case.networks.${load.network}`) }
    parts.push(named(t('case.limits.load'), t('case.limits.loadOver', facts)))
  }
  if (parts.length === 0) return null
  return (
    <Text size="xs" c="dimmed">
      {t('case.limits.now', { limits: phrases(parts) })}
    </Text>
  )
}

/** Without the crumbs of binary fractions. */
const shown = (value: number): number => Number(value.toPrecision(6))

/** What a purpose must keep to; an empty field is no limit. */
export function CaseLimitFields() {
  const { t } = useTranslation('train')
  const settings = useStudio((state) => state.caseSettings)
  const limits = limitsOf(settings)
  const { limits: changed, purpose } = settings
  const change = (part: Partial<CaseLimits>): void => {
    commands.changeCase({ limits: { ...changed, [purpose]: { ...limits, ...part } } })
  }
  const network = limits.load?.network ?? '4g'
  return (
    <Stack gap={8}>
      <Text size="xs" c="dimmed">
        {t('case.limits.note')}
      </Text>
      {shares.map((id) => (
        <Limit
          key={id}
          label={t('case.limits.share', { name: t(`case.checks.${id}`) })}
          value={limits[id] === null ? null : 100 * limits[id]}
          suffix=" %"
          onChange={(value) => {
            change({ [id]: value === null ? null : value / 100 })
          }}
        />
      ))}
      <Limit
        label={t('case.limits.accuracyDrop')}
        value={limits.accuracyDrop === null ? null : 100 * limits.accuracyDrop}
        onChange={(value) => {
          change({ accuracyDrop: value === null ? null : value / 100 })
        }}
      />
      <div className={classes['pair']}>
        <Limit
          label={t('case.limits.load')}
          value={limits.load?.seconds ?? null}
          suffix=" s"
          least={0.001}
          onChange={(seconds) => {
            change({ load: seconds === null ? null : { network, seconds } })
          }}
        />
        <Select
          size="xs"
          label={t('case.limits.network')}
          value={network}
          disabled={limits.load === null}
          allowDeselect={false}
          data={networks.map((value) => ({ value, label: t(`case.networks.${value}`) }))}
          onChange={(value) => {
            const chosen = networks.find((one) => one === value)
            if (chosen !== undefined && limits.load !== null)
              change({ load: { network: chosen, seconds: limits.load.seconds } })
          }}
        />
      </div>
      <Text size="xs" c="dimmed">
        {t('case.limits.rates')}
      </Text>
      {changed[purpose] !== undefined && (
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => {
            const { [purpose]: _own, ...others } = changed
            commands.changeCase({ limits: others })
          }}
        >
          {t('case.limits.reset')}
        </Button>
      )}
    </Stack>
  )
}

interface LimitProps {
  readonly label: string
  /** null: none. */
  readonly value: number | null
  readonly suffix?: string
  readonly least?: number
  readonly onChange: (value: number | null) => void
}

function Limit({ label, value, suffix = '', least = 0, onChange }: LimitProps) {
  const { t } = useTranslation('train')
  return (
    <NumberInput
      size="xs"
      label={label}
      value={value === null ? '' : shown(value)}
      placeholder={t('case.limits.none')}
      suffix={suffix}
      min={least}
      decimalScale={3}
      clampBehavior="blur"
      onChange={(next) => {
        if (next === '') onChange(null)
        else if (typeof next === 'number' && next >= least) onChange(next)
      }}
    />
  )
}

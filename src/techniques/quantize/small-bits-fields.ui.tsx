import { SegmentedControl, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { TensorRole } from '../../core/tensor-spec'
import { Folded } from '../../ui-kit/folded'
import type { QuantizeConfig, SmallBits } from './quantize.meta'

const fields = [
  { role: 'bias', field: 'biases' },
  { role: 'normalization', field: 'normalization' },
] as const

interface SmallBitsFieldsProps {
  readonly config: QuantizeConfig
  /** What the model has tensors for: nothing can be set of what it has not. */
  readonly roles: ReadonlySet<TensorRole>
  readonly onChange: (config: QuantizeConfig) => void
}

/** The bits of tensors that are no kernels; folded while all of them are floats. */
export function SmallBitsFields({ config, roles, onChange }: SmallBitsFieldsProps) {
  const { t } = useTranslation('techniques')
  const shown = fields.filter(({ role }) => roles.has(role))
  if (shown.length === 0) return null
  return (
    <Folded title={t('advanced')} opened={shown.some(({ field }) => config[field] !== 'float')}>
      {shown.map(({ field }) => (
        <SmallBitsField
          key={field}
          label={t(`quantize.${field}`)}
          value={config[field]}
          onChange={(bits) => {
            onChange({ ...config, [field]: bits })
          }}
        />
      ))}
      <Text size="xs" c="dimmed">
        {t('quantize.smallTensors')}
      </Text>
    </Folded>
  )
}

const smallBits: readonly SmallBits[] = ['float', 8, 16]

interface SmallBitsFieldProps {
  readonly label: string
  readonly value: SmallBits
  readonly onChange: (value: SmallBits) => void
}

function SmallBitsField({ label, value, onChange }: SmallBitsFieldProps) {
  const { t } = useTranslation('techniques')
  return (
    <div>
      <Text size="xs" mb={4}>
        {label}
      </Text>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={label}
        value={String(value)}
        onChange={(chosen) => {
          onChange(smallBits.find((bits) => String(bits) === chosen) ?? 'float')
        }}
        data={smallBits.map((bits) => ({
          value: String(bits),
          label: bits === 'float' ? t('quantize.asFloat') : t('quantize.inBits', { bits }),
        }))}
      />
    </div>
  )
}

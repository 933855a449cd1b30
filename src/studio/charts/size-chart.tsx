import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { Bar, BarChart, LabelList, ResponsiveContainer, XAxis, YAxis } from 'recharts'
import { formatBytes } from '../../ui-kit/format-number'
import type { SizeKind, SizeRow } from './chart-data'

const fills: Readonly<Record<SizeKind, string>> = {
  original: 'var(--studio-original)',
  file: 'var(--studio-compressed)',
  computed: 'url(#computed)',
}

const tick = { fill: 'var(--mantine-color-text)', fontSize: 13 }

interface SizeChartProps {
  readonly rows: readonly SizeRow[]
  /** What kind of file the sizes are of. */
  readonly format: string
}

/** Horizontal bars; a hatched one is a size that no file has yet. */
export const SizeChart = memo(function SizeChart({ rows, format }: SizeChartProps) {
  const { t } = useTranslation('charts')
  const data = rows.map((row) => ({
    ...row,
    fill: fills[row.kind],
    name: t(`size.rows.${row.id}`, { format }),
    label: `${row.estimate ? '≈\u00A0' : ''}${formatBytes(row.bytes)}`,
  }))
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart
        data={data}
        layout="vertical"
        margin={{ top: 4, right: 80, bottom: 4, left: 4 }}
        barCategoryGap="28%"
        accessibilityLayer={false}
      >
        <defs>
          <pattern
            id="computed"
            width="6"
            height="6"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect width="6" height="6" fill="var(--studio-compressed)" fillOpacity="0.18" />
            <rect width="2" height="6" fill="var(--studio-compressed)" />
          </pattern>
        </defs>
        <XAxis type="number" hide domain={[0, 'dataMax']} />
        <YAxis
          type="category"
          dataKey="name"
          width={148}
          tick={tick}
          tickLine={false}
          axisLine={false}
          interval={0}
        />
        <Bar dataKey="bytes" isAnimationActive={false} radius={2} minPointSize={2} maxBarSize={34}>
          <LabelList
            dataKey="label"
            position="right"
            fill="var(--mantine-color-text)"
            fontSize={13}
          />
        </Bar>
      </BarChart>
    </ResponsiveContainer>
  )
})

import react from '@vitejs/plugin-react'
import { createServer } from 'vite'
import { buildFacts } from '../build-facts.ts'
import type * as StaticPageModule from '../../src/studio/first-screen/static-page.tsx'
import type * as SamplesModule from '../../src/studio/files/samples.ts'
import type { Sample } from '../../src/studio/files/samples.ts'
import type { StaticPage } from '../../src/studio/first-screen/static-page.tsx'

/** What a visitor may read and see. The first of them needs no script. */
const variants = [
  { language: 'en', scheme: 'light' },
  { language: 'en', scheme: 'dark' },
  { language: 'zh-CN', scheme: 'light' },
  { language: 'zh-CN', scheme: 'dark' },
] as const

export interface Drawn {
  readonly pages: readonly DrawnPage[]
  /** Checked. */
  readonly samples: readonly Sample[]
}

export interface DrawnPage extends Pick<StaticPage, 'language' | 'scheme'> {
  readonly html: string
}

/**
 * The first screen in every variant, drawn by the app's own components.
 * @param root the folder of the project
 * @param samples as `models/samples.json` has them
 */
export async function drawPages(root: string, samples: unknown): Promise<Drawn> {
  const server = await createServer({
    configFile: false,
    root,
    plugins: [react()],
    define: buildFacts(),
    mode: 'production',
    appType: 'custom',
    logLevel: 'error',
    server: { middlewareMode: true, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true, include: [] },
  })
  try {
    const { drawStaticPage } = (await server.ssrLoadModule(
      '/src/studio/first-screen/static-page.tsx',
    )) as typeof StaticPageModule
    const { readSamples } = (await server.ssrLoadModule(
      '/src/studio/files/samples.ts',
    )) as typeof SamplesModule
    const drawn: DrawnPage[] = []
    // One after the other: the words are those of one page.
    for (const variant of variants)
      drawn.push({ ...variant, html: await drawStaticPage({ ...variant, samples }) })
    return { pages: drawn, samples: readSamples(samples) }
  } finally {
    await server.close()
  }
}

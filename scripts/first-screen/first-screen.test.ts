import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { scriptsInPage } from '../../src/service-worker/security-headers'
import { criticalCss, withoutUnusedProperties } from './critical-css.ts'
import { scriptHash, splitStyles, withFirstScreen } from './page-html.ts'

describe('the scripts in the page', () => {
  it('are the ones that the policy allows', () => {
    const hashes = ['early-page', 'early-show'].map((name) =>
      scriptHash(readFileSync(`src/studio/first-screen/${name}.js`, 'utf8')),
    )
    expect(scriptsInPage).toEqual(hashes)
  })
})

describe('the page of a build', () => {
  const empty = readFileSync('index.html', 'utf8')
  const screen = {
    pages: [
      { language: 'en', scheme: 'light', html: '<h1>Small</h1>' },
      { language: 'zh-CN', scheme: 'dark', html: '<h1>小</h1>' },
    ],
    styles: 'h1{color:red}',
    early: 'early()',
    show: 'show()',
    samples: [{ description: '</script><script>$&' }],
    parts: ['./assets/a.js'],
  } as const

  it('holds the screens, what they need, and data that cannot end its element', () => {
    const page = withFirstScreen(empty, screen)
    expect(page).toContain('<div id="root"><h1>Small</h1></div>')
    expect(page).toContain('<template data-first="zh-CN dark"><h1>小</h1></template>')
    expect(page.indexOf('early()')).toBeLessThan(page.indexOf('</head>'))
    expect(page.indexOf('show()')).toBeGreaterThan(page.indexOf('</template>'))
    const data = [...page.matchAll(/<script type="application\/json"[^>]*>(.*?)<\/script>/g)]
    expect(data.map(([, json = '']): unknown => JSON.parse(json))).toEqual([
      screen.samples,
      screen.parts,
    ])
  })

  it('is refused where index.html has no place for them', () => {
    expect(() => withFirstScreen('<html></html>', screen)).toThrow('no place')
  })

  it('has the styles of the component library once', () => {
    const html = '<style data-mantine-styles="true">:root{--a:1}</style><p>x</p>'
    expect(splitStyles(html)).toEqual({ html: '<p>x</p>', styles: ':root{--a:1}' })
  })
})

describe('the styles of the first screen', () => {
  const sheet = `
    :root { --used: 1px; --through: var(--used); --not: 2px; --only-not: var(--not) }
    .here { margin: var(--through) }
    .elsewhere { margin: var(--only-not) }
    [data-mantine-color-scheme='dark'] .here, [data-mantine-color-scheme='light'] .here { color: red }
    @media (width < 40em) { .here { padding: 0 } .elsewhere { padding: 0 } }
    .here:hover { color: blue }
    .here:where([data-on]) { color: green }`
  const html = '<p class="here" style="width:var(--inline)">x</p>'

  it('are those that apply to it, in either colours and at any width', async () => {
    const css = await criticalCss(sheet, html)
    expect(css).not.toContain('elsewhere')
    expect(css.match(/\.here/g)).toHaveLength(6)
    expect(css).toMatch(/@media[^{]*\{\s*\.here/)
  })

  it('name no value that nothing asks for', () => {
    const css = withoutUnusedProperties(`:root{--inline:0;--a:var(--b);--b:1}${sheet}`, html)
    expect(css).toContain('--inline:0')
    expect(css).not.toMatch(/--[ab]:/)
    expect(css).toContain('--used: 1px')
    expect(withoutUnusedProperties('a{--x:1;--y:2}', '')).toBe('a{}')
  })

  it('are not given where no rule applies', async () => {
    await expect(criticalCss('.a{color:red}', '<p class="b">x</p>')).rejects.toThrow('no rule')
  })
})

/**
 * The two scripts that stand in the page itself, src/studio/first-screen/early-page.js and early-show.js. A test
 * holds these hashes to what the files are.
 */
export const scriptsInPage = [
  "'sha256-bpybIwQLhmhHFTZJPPBoU4IZOi0sQlYdVjY4V1KwfbE='",
  "'sha256-qfMZDUV84ImAtxXQeIYl7RUMrDAlF1TY0dlKQAs79mI='",
] as const

/**
 * Nothing may leave the page: the policy allows its own origin only. `wasm-unsafe-eval` lets
 * WebAssembly compile; inline styles are what the component library writes at run time.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  `script-src 'self' 'wasm-unsafe-eval' ${scriptsInPage.join(' ')}`,
  "worker-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * Sent with every file, the worker's script included: a page's policy does not cover its workers. Where a
 * host sends none, the service worker brings them from the second visit on.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'X-Content-Type-Options': 'nosniff',
}

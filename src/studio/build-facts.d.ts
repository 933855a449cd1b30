/** What a build says of itself; nothing in tests and while it is worked on. */
interface ImportMetaEnv {
  readonly STUDIO_VERSION?: string
  readonly STUDIO_COMMIT?: string
  readonly STUDIO_SOURCE?: string
}

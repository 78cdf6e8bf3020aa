/** Vite's inlining of files, as far as `sources.ts` uses it. Declared here because main is checked without the bundler's types; tests bring those themselves. */
interface ImportMeta {
  glob(pattern: string | readonly string[], options: { readonly query: '?raw'; readonly import: 'default'; readonly eager: true }): Record<string, unknown>
}

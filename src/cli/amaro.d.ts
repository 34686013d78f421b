/** amaro comes without types; this is what heddle uses of it. */
declare module 'amaro' {
  interface Amaro {
    /** Takes the types out in place. Throws `{ code, message }`, which is no Error. */
    transformSync(
      source: string,
      options: { readonly mode: 'strip-only'; readonly filename?: string },
    ): { readonly code: string }
  }
  const amaro: Amaro
  // biome-ignore lint/style/noDefaultExport: it is amaro's own
  export default amaro
}

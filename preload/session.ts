/**
 * How a page becomes a session of the loopback host. The address the lab prints ends in `#code=…`: a fragment never reaches a server's log or a Referer. The code leaves the
 * address bar before anything else happens and is exchanged, once, for the session's secret.
 *
 * The secret is kept in sessionStorage so that a reload works: it belongs to this tab and this exact origin (port included), is never sent by the browser on its own as a
 * cookie would be, and dies with the tab. A code in the address wins over a kept secret, which may be of an earlier lab on the same port.
 */
const KEY = 'reclaim-lab.session'

/** The parts of a page this needs; tests give their own. */
export interface Page {
  readonly location: { readonly hash: string; readonly pathname: string; readonly origin: string }
  readonly history: { replaceState(data: unknown, unused: string, url: string): void }
  readonly sessionStorage: { getItem(key: string): string | null; setItem(key: string, value: string): void; removeItem(key: string): void }
  fetch(url: string, init: { readonly method: string; readonly headers: Record<string, string>; readonly body: string }): Promise<{ readonly ok: boolean; json(): Promise<unknown> }>
}

export class NoSession extends Error {
  override readonly name = 'NoSession'
}

/** Takes the code out of the address, at once. */
export function takeCode(page: Page): string | undefined {
  const code = /^#code=([\w-]+)$/.exec(page.location.hash)?.[1]
  if (page.location.hash !== '') page.history.replaceState(null, '', page.location.pathname)
  return code
}

/** The secret of this tab's session; asks the lab for one when there is a code. */
export async function sessionSecret(page: Page, code: string | undefined): Promise<string> {
  const kept = page.sessionStorage.getItem(KEY)
  if (code === undefined && kept !== null) return kept
  const answer = await page.fetch('/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ code: code ?? '' }) })
  const body: unknown = answer.ok ? await answer.json() : null
  if (!hasSecret(body)) throw new NoSession('This address was already used or has run out. The terminal in which the lab was started shows a new one.')
  page.sessionStorage.setItem(KEY, body.secret)
  return body.secret
}

/** The lab no longer knows this secret (it was started anew). */
export function forgetSession(page: Page): void {
  page.sessionStorage.removeItem(KEY)
}

function hasSecret(body: unknown): body is { readonly secret: string } {
  return typeof body === 'object' && body !== null && 'secret' in body && typeof body.secret === 'string'
}

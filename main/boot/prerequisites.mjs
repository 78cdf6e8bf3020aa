// What the tests need besides the packages: a Chromium and a font with Chinese for those of the window, a Redis for those of queued sweeps. As root on Debian they are installed, after saying so; else the exact line to run is named.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const REDIS = ['redis-server', 'valkey-server']
const REDIS_PACKAGE = 'redis-server'
const FONT_PACKAGE = 'fonts-wqy-zenhei'
const CHINESE = /wqy|noto(sans|serif)?-?cjk|sourcehan|droidsansfallback|arphic|uming|ukai/i

export function findChromium(env = process.env) {
  if (env.RECLAIM_LAB_BROWSER) return env.RECLAIM_LAB_BROWSER
  return onPath(BROWSERS, env)
    ?? ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'].find(isProgram)
}

export function findRedis(env = process.env) {
  return onPath(REDIS, env)
}

/** macOS and Windows bring their own. */
function hasChineseFont(platform = process.platform, folders = ['/usr/share/fonts', '/usr/local/share/fonts', join(process.env.HOME ?? '/', '.fonts'), join(process.env.HOME ?? '/', '.local/share/fonts')]) {
  if (platform !== 'linux') return true
  return folders.some((folder) => existsSync(folder) && readdirSync(folder, { recursive: true }).some((file) => CHINESE.test(String(file))))
}

/** Debian packages that are missing. */
function missingPackages() {
  return [...(findChromium() === undefined ? ['chromium'] : []), ...(hasChineseFont() ? [] : [FONT_PACKAGE]), ...(findRedis() === undefined ? [REDIS_PACKAGE] : [])]
}

const WHAT = { chromium: 'a browser (chromium)', [FONT_PACKAGE]: `a font with Chinese (${FONT_PACKAGE})`, [REDIS_PACKAGE]: `a Redis (${REDIS_PACKAGE}), which they start themselves` }

/** Undefined when all is there (now), else the sentence that says what to do. */
export function ensurePrerequisites(say) {
  const missing = missingPackages()
  if (missing.length === 0) return undefined
  const line = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`
  const need = `The tests need ${missing.map((name) => WHAT[name] ?? name).join(' and ')}.`
  if (!existsSync('/usr/bin/apt-get')) return `${need} Install ${missing.length === 1 ? 'it' : 'them'} the way this system does, then run npm test again.`
  if (process.getuid?.() !== 0) return `${need} Run this line, then npm test again:\n\n  sudo sh -c '${line}'\n`
  say(`${need} This is root on Debian, so apt-get installs ${missing.length === 1 ? 'it' : 'them'} now.`)
  const problem = aptGet(['update'], say) ?? aptGet(['install', '-y', '--no-install-recommends', ...missing], say)
  if (problem !== undefined) return `${need} apt-get could not install: ${problem}. The line was:\n\n  ${line}\n`
  const still = missingPackages()
  return still.length === 0 ? undefined : `${need} apt-get ended well, but ${still.join(' and ')} is still not found.`
}

/** Waits up to 5 minutes for another apt or dpkg: its own option covers dpkg's lock, the one of the package lists is asked for again. */
function aptGet(args, say) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' }
  for (let attempt = 0; ; attempt++) {
    const { status, stderr, error } = spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], { env, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', timeout: 600_000 })
    if (status === 0) return undefined
    const problem = error?.message ?? (stderr.split('\n').find((text) => text.startsWith('E:')) || stderr.trim().split('\n').at(-1) || `status ${status}`)
    if (!/could not get lock|unable to lock/i.test(problem) || attempt >= 60) return problem
    if (attempt === 0) say('Another apt-get is at work; waiting for it…')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_000)
  }
}

function onPath(names, env) {
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram)
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

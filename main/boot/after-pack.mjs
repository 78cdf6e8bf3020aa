// The packager calls this when a package stands unpacked, before it is signed: sets every fuse of Electron's program. Strict: should Electron come with a fuse that is not named here, packing fails.
import { join } from 'node:path'
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses'

/** By Electron's names. */
export const FUSES = {
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  LoadBrowserProcessSpecificV8Snapshot: false,
  GrantFileProtocolExtraPrivileges: false,
  WasmTrapHandlers: true,
}

export default async function afterPack({ appOutDir, electronPlatformName, packager }) {
  const settings = Object.fromEntries(Object.entries(FUSES).map(([name, on]) => [FuseV1Options[name], on]))
  // A change breaks the signature that Apple's processors ask for; only a Mac can renew it.
  const sign = electronPlatformName === 'darwin' && process.platform === 'darwin'
  await flipFuses(programOf(appOutDir, electronPlatformName, packager), { version: FuseVersion.V1, strictlyRequireAllFuses: true, resetAdHocDarwinSignature: sign, ...settings })
}

function programOf(folder, platform, packager) {
  const name = packager.appInfo.productFilename
  if (platform === 'darwin') return join(folder, `${name}.app`)
  return join(folder, platform === 'win32' ? `${name}.exe` : packager.executableName)
}

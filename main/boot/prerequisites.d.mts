/** For the one configuration file that is TypeScript. */
export function findChromium(env?: NodeJS.ProcessEnv): string | undefined

/** Runs of different engine versions are never mixed in one comparison. Raise it with every change that changes a digest. */
export const ENGINE_VERSION = '0.6.0'

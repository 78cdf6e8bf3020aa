/** Electron's two IPC channels; nothing else is handled or sent. */
export const REQUEST_CHANNEL = 'lab:request'
export const EVENT_CHANNEL = 'lab:event'

/** The language that is spoken now. Apart from the messages, so that numbers can be written without them. */
import { createStore } from '../app/store'

export type Language = 'en' | 'zh'

export const language = createStore<Language>('en')

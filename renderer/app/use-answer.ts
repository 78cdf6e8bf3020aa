/** Asks the lab one thing for as long as it is shown; a newer question makes an older answer void. */
import { useEffect, useState } from 'react'
import { inBackground } from './lab-client'

/** `key` names the question; undefined asks nothing. */
export function useAnswer<T>(key: string | undefined, ask: () => Promise<T>): T | undefined {
  const [answer, setAnswer] = useState<{ readonly key: string; readonly value: T }>()
  useEffect(() => {
    if (key === undefined) return
    let wanted = true
    inBackground(async () => {
      const value = await ask()
      if (wanted) setAnswer({ key, value })
    })
    return () => { wanted = false }
    // The key says all that matters about the question.
  }, [key])
  return answer !== undefined && answer.key === key ? answer.value : undefined
}

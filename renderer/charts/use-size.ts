/** How wide an element is, and whether it is near the part of the page in view (charts far away aren't drawn). */
import { useLayoutEffect, useRef, useState } from 'react'
import type { RefObject } from 'react'

export function useWidth<E extends HTMLElement>(): readonly [RefObject<E | null>, number] {
  const element = useRef<E>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const watched = element.current
    if (!watched) return
    setWidth(Math.floor(watched.clientWidth))
    const observer = new ResizeObserver(() => setWidth(Math.floor(watched.clientWidth)))
    observer.observe(watched)
    return () => observer.disconnect()
  }, [])
  return [element, width]
}

export function useOnScreen<E extends HTMLElement>(margin: number): readonly [RefObject<E | null>, boolean] {
  const element = useRef<E>(null)
  const [near, setNear] = useState(false)
  useLayoutEffect(() => {
    const watched = element.current
    if (!watched) return
    const observer = new IntersectionObserver((entries) => setNear(entries.some((entry) => entry.isIntersecting)), { root: watched.closest('.results-scroll'), rootMargin: `${margin}px 0px` })
    observer.observe(watched)
    return () => observer.disconnect()
  }, [margin])
  return [element, near]
}

/** The page when nothing else can be shown: the lab can't be reached at the start, or the window has a bug. */
import { Component } from 'react'
import type { ErrorInfo, ReactNode } from 'react'
import { messages } from '../i18n'
import { Button } from '../ui/controls'

export function Fatal({ message }: { readonly message: string }): ReactNode {
  const m = messages()
  return (
    <main className="fatal" role="alert">
      <h1>{m.fatalTitle}</h1>
      <p>{m.fatalText}</p>
      <pre>{message}</pre>
      <Button tone="primary" onClick={() => location.reload()}>{m.reloadPage}</Button>
    </main>
  )
}

/** A bug in the window's own code: says so, with what to report; policies and drafts are kept by the lab. */
export class Crash extends Component<{ readonly children: ReactNode }, { readonly error?: Error }> {
  override state: { readonly error?: Error } = {}

  static getDerivedStateFromError(error: Error): { readonly error: Error } {
    return { error }
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(error, info.componentStack)
  }

  override render(): ReactNode {
    return this.state.error ? <Fatal message={this.state.error.stack ?? this.state.error.message} /> : this.props.children
  }
}

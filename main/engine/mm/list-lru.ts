/**
 * Lists of objects that could be given back, the one unused longest first, one list a node (mm/list_lru.c, v6.1). Objects are numbers; links are number + 1, so that zeroed memory is
 * a set of empty lists. Simplification: one memory cgroup.
 */

/** What is to become of an object that a walk meets (enum lru_status). */
export const LRU_REMOVED = 0
export const LRU_ROTATE = 1
/** Look at the list again from its head. */
export const LRU_RETRY = 2
export type LruStatus = typeof LRU_REMOVED | typeof LRU_ROTATE | typeof LRU_RETRY

export class ListLru {
  readonly next: Uint32Array
  readonly #prev: Uint32Array
  /** By node. */
  readonly head: Uint32Array
  readonly #tail: Uint32Array
  readonly count: Float64Array

  constructor(objects: number, nodes: number) {
    this.next = new Uint32Array(objects)
    this.#prev = new Uint32Array(objects)
    this.head = new Uint32Array(nodes)
    this.#tail = new Uint32Array(nodes)
    this.count = new Float64Array(nodes)
  }

  /** list_lru_add: at the tail. */
  add(object: number, node: number): void {
    const last = this.#tail[node]
    this.#prev[object] = last
    this.next[object] = 0
    this.#tail[node] = object + 1
    if (last === 0) this.head[node] = object + 1
    else this.next[last - 1] = object + 1
    this.count[node]++
  }

  /** list_lru_del. */
  remove(object: number, node: number): void {
    const next = this.next[object]
    const prev = this.#prev[object]
    if (next === 0) this.#tail[node] = prev
    else this.#prev[next - 1] = prev
    if (prev === 0) this.head[node] = next
    else this.next[prev - 1] = next
    this.next[object] = 0
    this.#prev[object] = 0
    this.count[node]--
  }

  /** __list_lru_walk_one: shows up to `nr` objects to `isolate`, oldest first. Returns how many were removed. */
  walk(node: number, nr: number, isolate: (object: number) => LruStatus): number {
    let removed = 0
    let at = this.head[node]
    for (let left = nr; at !== 0 && left > 0; left--) {
      const object = at - 1
      // Taken before the object moves: a walk that meets the last one ends there, even if that one is rotated.
      at = this.next[object]
      const status = isolate(object)
      if (status === LRU_REMOVED) {
        this.remove(object, node)
        removed++
      } else if (status === LRU_ROTATE) {
        this.remove(object, node)
        this.add(object, node)
      } else at = this.head[node]
    }
    return removed
  }
}

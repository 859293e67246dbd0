/** Remembers the newest few thousand things, oldest forgotten first. */
export class Seen {
  readonly #most: number;
  readonly #keys = new Set<string>();

  constructor(most = 5000) {
    this.#most = most;
  }

  /** Whether it was seen before; from now on it was. */
  again(key: string): boolean {
    if (this.#keys.has(key)) return true;
    this.#keys.add(key);
    const [oldest] = this.#keys;
    if (this.#keys.size > this.#most && oldest !== undefined) this.#keys.delete(oldest);
    return false;
  }

  forget(key: string): void {
    this.#keys.delete(key);
  }
}

/**
 * A value that does not print: not in a template, not in JSON, not in a log, not in an error.
 * The only way to it is `reveal()`, which makes every use of it easy to find.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  // what console.log and util.inspect ask for; node:util has no say in a well-known symbol
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}

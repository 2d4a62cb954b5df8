/** Takes pieces in order. One that needs time gives a promise, and is given no more until then. */
export type Write<T> = (piece: T) => unknown;

/** Passes pieces on to a writer, and knows whether it keeps up. */
export class Outlet<T> {
  readonly #write: Write<T>;
  readonly #onReady: () => void;
  #pending = 0;
  #last: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  /** `onReady` is called when a writer that was busy is ready again. */
  constructor(write: Write<T>, onReady: () => void) {
    this.#write = write;
    this.#onReady = onReady;
  }

  /** True while a promise of the writer is open. */
  get busy(): boolean {
    return this.#pending > 0;
  }

  /** Resolves when the writer has taken everything; rejects with what it failed with. */
  async finished(): Promise<void> {
    await this.#last;
    this.check();
  }

  /** Throws what the writer failed with, if it did. */
  check(): void {
    if (this.#failure) throw this.#failure.error;
  }

  /** Gives the writer a piece, busy or not. Throws what it throws, or failed with earlier. */
  pass(piece: T): void {
    this.check();
    const taken = this.#write(piece);
    if (!isPromise(taken)) return;
    this.#pending++;
    const settled = taken.then(
      () => this.#settle(),
      (error: unknown) => {
        this.#failure = { error };
        this.#settle();
      },
    );
    this.#last = Promise.all([this.#last, settled]).then(() => {});
  }

  #settle(): void {
    this.#pending--;
    if (this.#pending > 0 || this.#failure) return;
    try {
      this.#onReady();
    } catch (error) {
      this.#failure = { error };
    }
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === "function";
}

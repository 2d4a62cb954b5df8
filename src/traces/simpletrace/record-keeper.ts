/**
 * So many bytes hold the records of a stretch of a trace. One that is kept keeps them all: that must
 * not be much. A buffer for each would cost more than all else of a record.
 */
const STRETCH = 4096;

/** Copies records out of the buffer that they are read in, many into one piece of memory. */
export class RecordKeeper {
  view = new DataView(new ArrayBuffer(0));
  /** Where the last record that was kept begins in `view`. */
  at = 0;
  #end = 0;

  /** Keeps a copy of `length` bytes at `from`. */
  keep(source: DataView, from: number, length: number): void {
    if (this.#end + length > this.view.byteLength) {
      this.view = new DataView(new ArrayBuffer(Math.max(STRETCH, length)));
      this.#end = 0;
    }
    const { view } = this;
    const to = this.#end;
    const words = length - 3;
    let index = 0;
    for (; index < words; index += 4) {
      view.setInt32(to + index, source.getInt32(from + index, true), true);
    }
    for (; index < length; index++) view.setUint8(to + index, source.getUint8(from + index));
    this.at = to;
    this.#end = to + length;
  }
}

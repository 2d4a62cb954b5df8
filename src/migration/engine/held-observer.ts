import type { RecordHold } from "../../runtime/record-hold.js";
import type { CommandName } from "../wire/command-table.js";
import { ItemType } from "../wire/constants.js";
import type { SectionHead } from "../wire/stream-item.js";
import type { StreamObserver } from "../wire/stream-reader-options.js";

/**
 * Has another observer trace what is read, and holds that back while it is in doubt: from the type
 * byte on of a section that may be the first of which only the footer tells the end.
 */
export class HeldObserver implements StreamObserver {
  readonly #observer: Required<StreamObserver>;
  readonly #hold: RecordHold;
  readonly #inDoubt: () => boolean;

  constructor(observer: Required<StreamObserver>, hold: RecordHold, inDoubt: () => boolean) {
    this.#observer = observer;
    this.#hold = hold;
    this.#inDoubt = inDoubt;
  }

  header(): void {
    this.#observer.header();
  }

  item(type: number, offset: number): void {
    const mayBeDoubted = type === ItemType.sectionFull || this.#inDoubt();
    this.#tell(mayBeDoubted, () => this.#observer.item(type, offset));
  }

  section(head: SectionHead): void {
    this.#tell(this.#inDoubt(), () => this.#observer.section(head));
  }

  sectionData(head: SectionHead): void {
    this.#tell(this.#inDoubt(), () => this.#observer.sectionData(head));
  }

  command(name: CommandName, length: number): void {
    this.#tell(this.#inDoubt(), () => this.#observer.command(name, length));
  }

  #tell(isHeld: boolean, tell: () => void): void {
    if (isHeld) {
      this.#hold.during(tell);
    } else {
      this.#hold.release();
      tell();
    }
  }
}

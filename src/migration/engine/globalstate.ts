import {
  trace_migrate_global_state_post_load,
  trace_migrate_global_state_pre_save,
} from "../../../generated/migration.js";
import type { Device } from "./device.js";
import { MigrationError } from "./migration-error.js";
import { isRunState, type RunState } from "./run-state.js";
import type { DeviceState } from "./vmstate-description.js";
import { buffer, scalar } from "./vmstate-fields.js";

const RUN_STATE_SIZE = 32;

/** The state in which the guest was when the switchover began (QEMU migration/global_state.c). */
export class GlobalState {
  readonly #state: DeviceState = {
    size: 0,
    runstate: new Uint8Array(RUN_STATE_SIZE),
    has_vm_was_suspended: 0,
    vm_was_suspended: 0,
    unused: new Uint8Array(66),
  };

  /** At the source, the state to be sent; at the destination, the one that was loaded. */
  runState: RunState;

  constructor(runState: RunState) {
    this.runState = runState;
  }

  /** The section `globalstate`. */
  device(): Device {
    return {
      idstr: "globalstate",
      instanceId: 0,
      state: this.#state,
      vmState: {
        name: "globalstate",
        version: 1,
        fields: [
          scalar("uint32", "size"),
          buffer("runstate", RUN_STATE_SIZE),
          scalar("uint8", "has_vm_was_suspended"),
          scalar("uint8", "vm_was_suspended"),
          buffer("unused", 66),
        ],
        preSave: (state) => this.#save(state),
        postLoad: (state) => this.#load(state),
      },
    };
  }

  #save(state: DeviceState): void {
    trace_migrate_global_state_pre_save(this.runState);
    const bytes = new Uint8Array(RUN_STATE_SIZE);
    new TextEncoder().encodeInto(this.runState, bytes);
    state.runstate = bytes;
    state.size = this.runState.length + 1;
  }

  #load(state: DeviceState): void {
    const text = new TextDecoder().decode(state.runstate as Uint8Array);
    const runState = text.slice(0, Math.max(0, text.indexOf("\0")));
    trace_migrate_global_state_post_load(runState);
    if (!isRunState(runState)) throw new MigrationError(`unknown run state "${runState}"`);
    this.runState = runState;
  }
}

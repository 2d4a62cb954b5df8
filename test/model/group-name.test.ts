import { expect, test } from "vitest";
import { groupName } from "../../src/model/group-name.js";

test.each([
  ["trace-events", "root"],
  ["./trace-events", "root"],
  ["migration/trace-events", "migration"],
  ["hw/net/can/trace-events", "hw_net_can"],
  ["bsd-user/trace-events", "bsd_user"],
  ["hw//net/trace-events", "hw_net"],
  ["trace-events-all", "all"],
  ["qemu/trace-events-all", "all"],
])("%s is of the group %s", (path, group) => {
  expect(groupName(path)).toBe(group);
});
